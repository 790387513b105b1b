/* CRC-32 by table and bit by bit, CRC-16, Adler-32 and a sum of 1000 bytes. */
#include "program.h"

static u32 table[256];
static u8 data[1000];

static u32 crc32(const u8 *bytes, u16 count)
{
    u32 crc = 0xFFFFFFFF;
    while (count--)
        crc = crc >> 8 ^ table[(u8)crc ^ *bytes++];
    return ~crc;
}

static u32 slow_crc32(const u8 *bytes, u16 count)
{
    u32 crc = 0xFFFFFFFF;
    while (count--) {
        u8 bit;
        crc ^= *bytes++;
        for (bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
    }
    return ~crc;
}

static u16 crc16(const u8 *bytes, u16 count)
{
    u16 crc = 0xFFFF;
    while (count--) {
        u8 bit;
        crc ^= (u16)((u16)*bytes++ << 8);
        for (bit = 0; bit < 8; bit++)
            crc = (u16)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
    }
    return crc;
}

static u32 adler32(const u8 *bytes, u16 count)
{
    u16 a = 1, b = 0;
    while (count--) {
        a = (u16)(((u32)a + *bytes++) % 65521UL);
        b = (u16)(((u32)a + b) % 65521UL);
    }
    return (u32)b << 16 | a;
}

void program(u8 *out)
{
    u32 seed = 215, sum = 0;
    u16 i, bit;
    for (i = 0; i < 256; i++) {
        table[i] = i;
        for (bit = 0; bit < 8; bit++)
            table[i] = table[i] & 1 ? table[i] >> 1 ^ 0xEDB88320 : table[i] >> 1;
    }
    for (i = 0; i < 1000; i++) {
        data[i] = (u8)(next(&seed) >> 11);
        sum += data[i];
    }
    out = put32(out, crc32(data, 1000));
    out = put32(out, slow_crc32(data, 1000));
    out = put16(out, crc16(data, 1000));
    out = put32(out, adler32(data, 1000));
    put32(out, sum);
}
