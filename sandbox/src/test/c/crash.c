/* SPDX-License-Identifier: Apache-2.0 */
/* Ends by SIGSEGV. */
int main(void)
{
        volatile int *nowhere = 0;
        return *nowhere;
}
