/* What the sample orders vary by. All people are invented. */

export interface Market {
  readonly currency: 'USD' | 'EUR';
  readonly taxesIncluded: boolean;
  readonly taxName: string;
  readonly taxBasisPoints: number;
  readonly country: { readonly country: string; readonly country_code: string };
}

export const MARKETS: Readonly<Record<Market['currency'], Market>> = {
  USD: {
    currency: 'USD',
    taxesIncluded: false,
    taxName: 'Kentucky State Tax',
    taxBasisPoints: 600,
    country: { country: 'United States', country_code: 'US' },
  },
  EUR: {
    currency: 'EUR',
    taxesIncluded: true,
    taxName: 'MwSt',
    taxBasisPoints: 1900,
    country: { country: 'Germany', country_code: 'DE' },
  },
};

export interface Buyer {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly address1: string;
  readonly city: string;
  readonly zip: string;
  readonly province: string | null;
  readonly province_code: string | null;
}

const KENTUCKY = { province: 'Kentucky', province_code: 'KY' };
const NO_PROVINCE = { province: null, province_code: null };

export const BUYERS: Readonly<Record<Market['currency'], readonly [Buyer, ...Buyer[]]>> = {
  USD: [
    {
      firstName: 'Steve',
      lastName: 'Shipper',
      email: 'steve@example.com',
      phone: '555-555-0101',
      address1: '123 Shipping Street',
      city: 'Shippington',
      zip: '40003',
      ...KENTUCKY,
    },
    {
      firstName: 'Maria',
      lastName: 'Okafor',
      email: 'maria@example.com',
      phone: '555-555-0102',
      address1: '9 Mill Lane',
      city: 'Louisville',
      zip: '40202',
      ...KENTUCKY,
    },
    {
      firstName: 'Joon',
      lastName: 'Park',
      email: 'joon@example.com',
      phone: '555-555-0103',
      address1: '77 Elm Street',
      city: 'Lexington',
      zip: '40507',
      ...KENTUCKY,
    },
  ],
  EUR: [
    {
      firstName: 'Jörg',
      lastName: 'Müller',
      email: 'joerg@example.com',
      phone: '+49 30 5550101',
      address1: 'Lindenstraße 4',
      city: 'Berlin',
      zip: '10969',
      ...NO_PROVINCE,
    },
    {
      firstName: 'Aylin',
      lastName: 'Demir',
      email: 'aylin@example.com',
      phone: '+49 40 5550102',
      address1: 'Am Kai 12',
      city: 'Hamburg',
      zip: '20457',
      ...NO_PROVINCE,
    },
  ],
};

export interface Discount {
  readonly code: string;
  readonly percent: number;
}

export const DISCOUNTS: readonly [Discount, ...Discount[]] = [
  { code: 'WELCOME10', percent: 10 },
  { code: 'SUMMER15', percent: 15 },
];

/** Prices in cents. */
export const SHIPPING: readonly [
  { readonly code: string; readonly title: string; readonly price: number },
  ...{ readonly code: string; readonly title: string; readonly price: number }[],
] = [
  { code: 'STANDARD', title: 'Standard', price: 599 },
  { code: 'EXPRESS', title: 'Express', price: 1499 },
  { code: 'FREE', title: 'Free shipping', price: 0 },
];
