/* SPDX-License-Identifier: MIT */
/* Starts and ends: what is measured is everything around it. */
int main(void)
{
	return 0;
}
