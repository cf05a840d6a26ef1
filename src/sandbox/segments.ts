/** GSM 03.38: basic alphabet, and the extension whose characters take two places. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const EXTENDED = new Set('\f^{}\\[~]|€');

export interface Segmentation {
  readonly segments: number;
  readonly encoding: 'GSM-7' | 'UCS-2';
}

/** How many SMS a text needs: 160/153 septets, or 70/67 UTF-16 units when one character is outside GSM 03.38. */
export function segmentText(text: string): Segmentation {
  const septets = countSeptets(text);
  if (septets === null) {
    const units = text.length;
    return { segments: units <= 70 ? 1 : Math.ceil(units / 67), encoding: 'UCS-2' };
  }
  return { segments: septets <= 160 ? 1 : Math.ceil(septets / 153), encoding: 'GSM-7' };
}

function countSeptets(text: string): number | null {
  let septets = 0;
  for (const character of text) {
    if (BASIC.has(character)) septets += 1;
    else if (EXTENDED.has(character)) septets += 2;
    else return null;
  }
  return septets;
}
