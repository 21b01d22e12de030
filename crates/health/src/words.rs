//! Numbers and days as people write them.

use model::Day;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `1 Sep 2026`.
pub(crate) fn day_in_words(day: Day) -> String {
    let date = day.date();
    let month = usize::try_from(date.month() - 1).ok().and_then(|index| MONTHS.get(index)).unwrap_or(&"");
    format!("{} {month} {}", date.day(), date.year())
}

/// `1,234,567`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 call`, `1,234 calls`: the number with its noun, which takes an `s`.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(number))
}

/// How long ago a day of this age is, seen from the as-of day: age 0 is yesterday.
pub(crate) fn ago(age: usize) -> String {
    match age {
        0 => "yesterday".to_owned(),
        _ => format!("{} days ago", age + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_days_read_well() {
        assert_eq!(day_in_words("2026-09-01".parse().unwrap()), "1 Sep 2026");
        assert_eq!(day_in_words("2026-12-31".parse().unwrap()), "31 Dec 2026");
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_000), "1,000");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(counted(1, "call"), "1 call");
        assert_eq!(counted(2, "day"), "2 days");
        assert_eq!(ago(0), "yesterday");
        assert_eq!(ago(4), "5 days ago");
    }
}
