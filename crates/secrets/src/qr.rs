//! A QR code as one path that a page can hold in its own text: no image, no style, no other file.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

/// The light border that readers need, in modules (ISO/IEC 18004).
const BORDER: usize = 4;

/// A QR code, to be written as `<svg viewBox="0 0 {size} {size}"><path d="{path}"/></svg>`, dark on light.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrPicture {
    /// Width and height in modules, with the light border.
    pub size: usize,
    /// The dark modules, each with the side 1: only `M`, `h`, `v`, `z`, digits and signs.
    pub path: String,
}

/// A text too long for a QR code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too long for a QR code; show the text itself")]
pub struct QrError;

impl QrPicture {
    /// The picture of a text.
    ///
    /// # Errors
    /// When the text has more than about 2,300 bytes.
    pub fn of(text: &str) -> Result<Self, QrError> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| QrError)?;
        let width = code.width();
        let mut path = String::new();
        for (row, modules) in code.to_colors().chunks(width).enumerate() {
            let mut column = 0;
            for run in modules.chunk_by(|one, next| one == next) {
                if run.first() == Some(&Color::Dark) {
                    let length = run.len();
                    // Writing into a text can't fail.
                    let _ = write!(path, "M{} {}h{length}v1h-{length}z", column + BORDER, row + BORDER);
                }
                column += run.len();
            }
        }
        Ok(Self { size: width + 2 * BORDER, path })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Draws the path, three pixels for each module, and reads the picture as a phone would.
    fn read(picture: &QrPicture) -> String {
        const PIXELS: usize = 3;
        let mut dark = vec![false; picture.size * picture.size];
        for run in picture.path.split_terminator('z') {
            let numbers: Vec<usize> =
                run.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
            let [column, row, length, 1, back] = numbers[..] else { panic!("{run}") };
            assert_eq!(length, back);
            dark[row * picture.size + column..][..length].fill(true);
        }
        let side = picture.size * PIXELS;
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
            if dark[y / PIXELS * picture.size + x / PIXELS] { 0 } else { 255 }
        });
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().unwrap().1
    }

    #[test]
    fn a_reader_reads_it() {
        let uri = "otpauth://totp/Steadfast:anna%40x.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Steadfast";
        assert_eq!(read(&QrPicture::of(uri).unwrap()), uri);
    }

    #[test]
    fn a_long_text_is_refused() {
        assert_eq!(QrPicture::of(&"x".repeat(2400)), Err(QrError));
        assert!(QrPicture::of(&"x".repeat(2300)).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn every_text_is_read_as_it_was(text in "[ -~]{1,200}") {
            prop_assert_eq!(read(&QrPicture::of(&text).unwrap()), text);
        }
    }
}
