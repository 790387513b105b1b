/* An EEPROM of the 93 series over port pins, as it may be written in C: CS 7.0, SK 7.4, DI 7.5, DO 7.6. */

#define P7DR (*(volatile unsigned char *)0xFFFF06)
#define PORT7 (*(volatile unsigned char *)0xFFFFB6)

static void send(unsigned value, int bits) {
    unsigned mask = 1u << (bits - 1);
    for (; bits; bits--) {
        if (value & mask)
            P7DR |= 0x20;
        else
            P7DR &= ~0x20;
        P7DR |= 0x10;
        P7DR &= ~0x10;
        value <<= 1;
    }
}

static unsigned receive(void) {
    unsigned value = 0;
    int bits;
    for (bits = 16; bits; bits--) {
        P7DR |= 0x10;
        value <<= 1;
        if (PORT7 & 0x40)
            value |= 1;
        P7DR &= ~0x10;
    }
    return value;
}

unsigned read(unsigned address) {
    unsigned value;
    P7DR |= 1;
    send(0x600 | address, 11);
    value = receive();
    P7DR &= ~1;
    return value;
}

void write(unsigned address, unsigned value) {
    P7DR |= 1;
    send(0x4C0, 11);
    P7DR &= ~1;
    P7DR |= 1;
    send(0x500 | address, 11);
    send(value, 16);
    P7DR &= ~1;
}

int start(void) {
    write(3, read(2));
    return 0;
}
