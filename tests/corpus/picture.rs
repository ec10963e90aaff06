//! Two pictures of a document: would somebody see a difference?

use std::io::Cursor;

/// How much a colour may be off, of 255: antialiasing is not quite the same twice.
const COLOUR: u8 = 8;

/// How many of a thousand pixels may be off by more: a blinking cursor.
const PIXELS_PER_MILLE: usize = 1;

/// What comparing two pictures gave.
pub(crate) enum Likeness {
    /// Within the tolerance.
    Same,
    /// More than that: how much.
    Different(String),
}

/// Compares two PNGs.
pub(crate) fn compare(before: &[u8], after: &[u8]) -> Likeness {
    if before == after {
        return Likeness::Same;
    }
    let (before, after) = (Picture::of(before), Picture::of(after));
    if (before.width, before.height) != (after.width, after.height) {
        return Likeness::Different("another size".to_owned());
    }
    let pixels = before.width * before.height;
    let channels = before.samples.len() / pixels.max(1);
    let differing = before
        .samples
        .chunks(channels.max(1))
        .zip(after.samples.chunks(channels.max(1)))
        .filter(|(before, after)| {
            let mut pairs = before.iter().zip(*after);
            pairs.any(|(before, after)| before.abs_diff(*after) > COLOUR)
        })
        .count();
    if differing * 1000 <= pixels * PIXELS_PER_MILLE {
        Likeness::Same
    } else {
        Likeness::Different(format!("{differing} of {pixels} pixels differ"))
    }
}

struct Picture {
    width: usize,
    height: usize,
    samples: Vec<u8>,
}

impl Picture {
    fn of(bytes: &[u8]) -> Self {
        let mut reader = png::Decoder::new(Cursor::new(bytes))
            .read_info()
            .expect("Chromium writes PNG");
        let length = reader
            .output_buffer_size()
            .expect("a screenshot fits in memory");
        let mut samples = vec![0; length];
        let frame = reader.next_frame(&mut samples).expect("the PNG is whole");
        samples.truncate(frame.buffer_size());
        Self {
            width: frame.width as usize,
            height: frame.height as usize,
            samples,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Likeness, compare};

    fn grey(shade: impl Fn(u8) -> u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 16, 16);
        encoder.set_color(png::ColorType::Grayscale);
        let samples: Vec<u8> = (0..=255).map(shade).collect();
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&samples).unwrap();
        writer.finish().unwrap();
        bytes
    }

    #[test]
    fn a_shade_off_is_the_same_and_a_pixel_in_256_is_not() {
        let plain = grey(|_| 100);
        assert!(matches!(compare(&plain, &grey(|_| 104)), Likeness::Same));
        let spot = grey(|at| if at == 9 { 200 } else { 100 });
        assert!(matches!(compare(&plain, &spot), Likeness::Different(_)));
    }
}
