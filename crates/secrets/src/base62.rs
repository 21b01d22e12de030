//! Numbers in digits and letters alone, which no URL, shell or double click cuts in two.

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The characters that 32 bytes need: 62^43 > 2^256 > 62^42.
pub(crate) const LENGTH_OF_32_BYTES: usize = 43;

/// The characters that 32 bits need.
pub(crate) const LENGTH_OF_32_BITS: usize = 6;

/// 32 bytes as one number, the first byte the highest.
pub(crate) fn of_bytes(mut number: [u8; 32]) -> String {
    of_digits::<LENGTH_OF_32_BYTES>(|| divide(&mut number))
}

/// A number of 32 bits.
pub(crate) fn of_u32(mut number: u32) -> String {
    of_digits::<LENGTH_OF_32_BITS>(|| {
        let digit = number % 62;
        number /= 62;
        u8::try_from(digit).unwrap_or(0)
    })
}

/// Whether the alphabet has this character.
pub(crate) fn is_digit(character: char) -> bool {
    character.is_ascii_alphanumeric()
}

/// `N` digits that come lowest first.
fn of_digits<const N: usize>(mut next: impl FnMut() -> u8) -> String {
    let mut digits = [0; N];
    digits.iter_mut().rev().for_each(|digit| *digit = next());
    digits.iter().filter_map(|digit| ALPHABET.get(usize::from(*digit))).map(|byte| char::from(*byte)).collect()
}

/// Divides a number by 62 in place, by hand: the remainder, below 62.
fn divide(number: &mut [u8; 32]) -> u8 {
    let mut rest = 0_u16;
    for byte in number {
        let part = rest * 256 + u16::from(*byte);
        // The rest is below 62, so the quotient is below 256.
        *byte = u8::try_from(part / 62).unwrap_or(u8::MAX);
        rest = part % 62;
    }
    u8::try_from(rest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The inverse, the slow way: multiply and add.
    fn read(text: &str) -> [u8; 32] {
        let mut number = [0_u8; 32];
        for character in text.bytes() {
            let mut carry = ALPHABET.iter().position(|letter| *letter == character).unwrap();
            for byte in number.iter_mut().rev() {
                let part = usize::from(*byte) * 62 + carry;
                *byte = u8::try_from(part % 256).unwrap();
                carry = part / 256;
            }
            assert_eq!(carry, 0, "{text} is beyond 32 bytes");
        }
        number
    }

    #[test]
    fn the_ends_of_the_range_have_the_same_length() {
        assert_eq!(of_bytes([0; 32]), "0".repeat(43));
        assert_eq!(of_bytes([255; 32]).len(), 43);
        assert_eq!(of_u32(0), "000000");
        assert_eq!(of_u32(61), "00000z");
        assert_eq!(of_u32(u32::MAX), "4gfFC3");
    }

    proptest! {
        #[test]
        fn nothing_of_the_bytes_is_lost(bytes: [u8; 32]) {
            let text = of_bytes(bytes);
            prop_assert_eq!(text.len(), LENGTH_OF_32_BYTES);
            prop_assert!(text.chars().all(is_digit));
            prop_assert_eq!(read(&text), bytes);
        }

        #[test]
        fn nothing_of_a_checksum_is_lost(number: u32) {
            let bytes = read(&of_u32(number));
            prop_assert_eq!(&bytes[28..], number.to_be_bytes());
            prop_assert!(bytes[..28].iter().all(|byte| *byte == 0));
        }
    }
}
