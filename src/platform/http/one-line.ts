/** Text without control characters and half surrogate pairs: what a database column, a log and a screen can hold on one line. */
export const ONE_LINE: RegExp = /^[^\p{Cc}\p{Cs}]*$/u;
