/* Lengths, copies, searches, numbers as text and back, runs of the same letter. */
#include "program.h"

static const char text[] = "The quick brown fox jumps over the lazy dog, aaaaaabbbc, 1234567890";

static u16 length(const char *string)
{
    u16 count = 0;
    while (string[count])
        count++;
    return count;
}

static s16 find(const char *string, const char *wanted)
{
    s16 at, k;
    for (at = 0; string[at]; at++) {
        for (k = 0; wanted[k] && string[at + k] == wanted[k]; k++)
            ;
        if (!wanted[k])
            return at;
    }
    return -1;
}

static char *decimal(char *out, s32 value)
{
    char digits[12];
    s16 count = 0;
    u32 rest = value < 0 ? 0 - (u32)value : (u32)value;
    if (value < 0)
        *out++ = '-';
    do {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    while (count)
        *out++ = digits[--count];
    *out = 0;
    return out;
}

static s32 number(const char *string)
{
    s32 value = 0;
    u8 negative = *string == '-';
    if (negative)
        string++;
    while (*string >= '0' && *string <= '9')
        value = value * 10 + (*string++ - '0');
    return negative ? -value : value;
}

void program(u8 *out)
{
    char copy[80];
    u16 i, count = length(text);
    s16 runs = 0;
    static const s32 numbers[] = {0, 7, -1, 65535, -65536, 2147483647, -2147483647 - 1};
    out = put16(out, count);
    out = put16(out, (u16)find(text, "lazy"));
    out = put16(out, (u16)find(text, "cat"));
    for (i = 0; i < count; i++) {
        char letter = text[count - 1 - i];
        copy[i] = letter >= 'a' && letter <= 'z' ? (char)(letter - 32) : letter;
        runs += i && text[i] != text[i - 1];
    }
    for (i = 0; i < 24; i++)
        *out++ = (u8)copy[2 * i];
    out = put16(out, (u16)runs);
    for (i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char *end = decimal(copy, numbers[i]);
        *out++ = (u8)(end - copy);
        out = put32(out, (u32)number(copy));
        *out++ = (u8)copy[0];
    }
}
