/** What can be wrong with a request, and what to do about it. Codes are stable: programs read them. */

const GATEWAYS = 'docs/verification.md lists the setting of each gateway.'

/** Code → whether all is well, what it is, and what to do. */
const FINDINGS = {
  verified: [true, 'The signature matches.', []],
  'clock-skew': [
    false,
    "The signature matches, but its timestamp is further from the receiver's clock than is allowed.",
    [
      "Set the receiver's clock (NTP). Where a queue holds requests back, take it away.",
      'Raise toleranceSeconds only if neither can be done.'
    ]
  ],
  'secret-text': [
    false,
    'The signature matches once white space or quotes around the secret are taken off.',
    ['Mend the environment variable or file: the receiver uses the secret exactly as it stands there.']
  ],
  'encoding-lost': [
    false,
    'The signature matches, but the Content-Encoding header is gone or wrong: the payload could not be read.',
    ['Let the proxy pass the header Content-Encoding on as it is.', GATEWAYS]
  ],
  'scheme-timestamp': [
    false,
    'The scheme is found, but its timestamp is not 10 or 13 digits, and the receiver takes no other.',
    [
      'Ask Thryve to send a unix timestamp. Digits of a fixed length are what keeps bytes from moving between body and timestamp.'
    ]
  ],
  'scheme-several-values': [
    false,
    'The scheme is found, but the header holds several values, and the receiver takes no lists.',
    ['Ask Thryve for signature and timestamp in headers of their own, or take the list apart in a proxy of yours.']
  ],
  'scheme-unpadded': [
    false,
    'The scheme is found, but the signature is base64 without its padding, and the receiver takes none such.',
    ['Ask Thryve for hex or padded base64.']
  ],
  'signed-decompressed': [
    false,
    'The decompressed payload was signed, not the bytes that are sent.',
    [
      'The receiver has no option for it: it would have to inflate what anyone sends before knowing who sent it.',
      'Ask Thryve to sign the body as sent. Until then: allowUnsigned with web authentication, and strangers kept out.'
    ]
  ],
  'signed-text': [
    false,
    'The body was turned into text before it was signed.',
    [
      'The receiver has no option for it: many bodies have the same text, so the signature would not protect the bytes.',
      'Ask Thryve to sign the bytes.'
    ]
  ],
  inflated: [
    false,
    'A hop decompressed the body on its way. The signed bytes are gone.',
    ['Switch off decompression of requests, and mount the webhook above body parsers.', GATEWAYS]
  ],
  base64: [
    false,
    'A hop turned the body into base64.',
    [
      'Let the gateway pass binary bodies through, or decode them first: Buffer.from(event.body, "base64") where isBase64Encoded is true.',
      GATEWAYS
    ]
  ],
  'utf8-mangled': [
    false,
    'A hop read the body as UTF-8 text. Every byte that is none became U+FFFD (EF BF BD); nothing can repair that.',
    ['Let the gateway treat the body as binary.', GATEWAYS]
  ],
  'latin1-mangled': [
    false,
    'A hop read the body as Latin-1 text and wrote it as UTF-8.',
    ['Let the gateway treat the body as binary.', GATEWAYS]
  ],
  truncated: [
    false,
    'The body is not whole.',
    ["Raise the body limit of the proxy, and its timeout. The receiver's own limit is maxCompressedBytes (8 MiB)."]
  ],
  damaged: [
    false,
    'The body is not what its Content-Encoding says, and not anything that a known hop makes of it.',
    ['Capture it again before each hop, the nearest to the sender first: thryve-webhook capture.']
  ],
  're-encoded': [
    false,
    'A hop parsed the JSON and wrote it anew.',
    ['Mount the webhook above body parsers, and let the gateway pass the body on unmapped.', GATEWAYS]
  ],
  'no-signature': [
    false,
    'No header could carry a signature.',
    ['Set an HMAC secret at Thryve.', 'If one is set: let the proxy pass all headers on.']
  ],
  'wrong-secret': [
    false,
    'All is well-formed, and no known scheme fits: it is another secret, most likely.',
    [
      'Compare the secret with the one set at Thryve: environment, white space, an older one after a rotation.',
      'If it is surely right, capture before each hop, the nearest to the sender first: thryve-webhook capture.'
    ]
  ]
} as const satisfies Record<string, readonly [isGood: boolean, summary: string, fixes: readonly string[]]>

/** What the doctor finds. */
export type FindingCode = keyof typeof FINDINGS

/** What a code means. */
export const explainFinding = (
  code: FindingCode
): { readonly isGood: boolean; readonly summary: string; readonly fixes: readonly string[] } => {
  const [isGood, summary, fixes] = FINDINGS[code]
  return { isGood, summary, fixes }
}
