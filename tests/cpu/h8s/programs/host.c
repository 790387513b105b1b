/* Runs a program where it was compiled and prints its results. */
#include "program.h"
#include <stdio.h>

int main(void)
{
    static u8 results[SIZE];
    int i;
    program(results);
    for (i = 0; i < SIZE; i++)
        printf("%02x", results[i]);
    return 0;
}
