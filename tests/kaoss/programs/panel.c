/* A switch of eight cases and a call through a table of three functions: both become tables of addresses. */

#define port (*(volatile unsigned char *)0xFFFF02) /* P3DR */

static void one(void) { port ^= 1; }
static void two(void) { port ^= 2; }
static void three(void) { port ^= 4; }

static void (*const table[])(void) = {one, two, three};

int act(int key) {
    switch (key) {
    case 0: port = 1; return 5;
    case 1: one(); return 6;
    case 2: two(); return 9;
    case 3: port ^= 4; return 11;
    case 4: three(); return 13;
    case 5: port |= 64; return 17;
    case 6: three(); return 19;
    case 7: port = 0; return 23;
    default: return 0;
    }
}

const char greeting[] = "compiled panel";

int start(void) {
    const char *letter;
    int key = 0;
    for (letter = greeting; *letter; letter++) {
        key = act(key & 7) + *letter;
        table[key & 1]();
    }
    return key;
}
