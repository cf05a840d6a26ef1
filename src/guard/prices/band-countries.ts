/**
 * How dear a destination is, by calling code. Deliberately coarse: it orders destinations into four classes, whose
 * amounts are upper bounds. Anything that no code below fits (premium and satellite numbers, and codes that nobody
 * has) is `worst`.
 */
export type BandClass = 'cheap' | 'normal' | 'dear' | 'worst';

/** United States and Canada. */
const CHEAP = '1';

/** Europe, and other markets whose list prices stay below the class at all big vendors. */
const NORMAL =
  '27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 54 55 56 57 60 61 64 65 66 81 82 90 91 350 351 352 353 ' +
  '354 356 357 358 359 370 371 372 376 377 378 385 386 420 421 423 506 507 852 853 886 1340 1670 1671 1684 1787 1939';

/** As normal for messages, but with terminating rates for calls that fraud lives on. */
const DEAR_CALLS = '359 370 371 372 350 376 377 378 423 90 886';

/** The rest of the world, with the area codes of the Caribbean that look like the United States. */
const DEAR =
  '7 20 53 58 62 63 84 86 92 93 94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 ' +
  '234 235 236 237 238 239 240 241 242 243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 260 261 262 ' +
  '263 264 265 266 267 268 269 290 291 297 298 299 355 373 374 375 380 381 382 383 387 389 500 501 502 503 504 505 ' +
  '508 509 590 591 592 593 594 595 596 597 598 599 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 ' +
  '688 689 690 691 692 800 808 850 855 856 880 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 ' +
  '992 993 994 995 996 998 1242 1246 1264 1268 1284 1345 1441 1473 1649 1658 1664 1721 1758 1767 1784 1809 1829 ' +
  '1849 1868 1869 1876';

const codes = (text: string): readonly string[] => text.split(' ');
const dearCalls = new Set(codes(DEAR_CALLS));

/** Calling codes with their class, for `calls` or for messages. The empty code is everywhere else. */
export function bandCodes(calls: boolean): readonly (readonly [code: string, band: BandClass])[] {
  return [
    ['', 'worst'],
    [CHEAP, 'cheap'],
    ...codes(NORMAL).map((code) => [code, calls && dearCalls.has(code) ? 'dear' : 'normal'] as const),
    ...codes(DEAR).map((code) => [code, 'dear'] as const),
  ];
}
