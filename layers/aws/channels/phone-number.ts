/** Whether an address is a phone number in E.164, as identifiers keep it. */
export function isPhoneNumber(address: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(address);
}
