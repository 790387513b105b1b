/* Words by insertion, longs by quicksort, bytes by counting: a checksum of each order, and some of the values. */
#include "program.h"

static u16 words[100];
static s32 longs[200];

static void insertion(u16 *values, s16 count)
{
    s16 i, k;
    for (i = 1; i < count; i++) {
        u16 value = values[i];
        for (k = i; k > 0 && values[k - 1] > value; k--)
            values[k] = values[k - 1];
        values[k] = value;
    }
}

static void quick(s32 *values, s16 first, s16 last)
{
    s16 i = first, k = last;
    s32 middle = values[(first + last) / 2];
    while (i <= k) {
        while (values[i] < middle)
            i++;
        while (values[k] > middle)
            k--;
        if (i <= k) {
            s32 other = values[i];
            values[i++] = values[k];
            values[k--] = other;
        }
    }
    if (first < k)
        quick(values, first, k);
    if (i < last)
        quick(values, i, last);
}

void program(u8 *out)
{
    u32 seed = 2215, sum = 0;
    u16 counts[16];
    s16 i;
    for (i = 0; i < 16; i++)
        counts[i] = 0;
    for (i = 0; i < 100; i++)
        words[i] = (u16)next(&seed);
    for (i = 0; i < 200; i++) {
        longs[i] = (s32)next(&seed);
        counts[(u16)(longs[i] >> 4) & 15]++;
    }
    insertion(words, 100);
    quick(longs, 0, 199);
    for (i = 0; i < 100; i++)
        sum = (sum << 1 | sum >> 31) ^ words[i];
    out = put32(out, sum);
    for (i = 0; i < 200; i++)
        sum = (sum << 3 | sum >> 29) ^ (u32)longs[i];
    out = put32(out, sum);
    for (i = 0; i < 16; i++)
        out = put16(out, counts[i]);
    for (i = 0; i < 8; i++)
        out = put32(out, (u32)longs[25 * i]);
}
