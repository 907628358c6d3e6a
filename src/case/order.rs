//! The order of the records of a case: by date, then by reference, then by all that a record holds.
//!
//! It is made of the record alone, never of where it stood in the input, so that the same records
//! in another order, or spread over other files, come to the same cases, tables and masks. Two
//! records that it cannot part hold the same.

use jiff::civil::Date;

use crate::date::{When, parse_when};
use crate::narrative::Record;
use crate::spill::text_key;

/// The days on which a record is placed, and whether they are those of its report: what has no date
/// of its own happened by the day of its report, and stands there.
pub fn placed(record: &Record) -> (Option<When>, bool) {
    let own = record.incident_date.as_deref().and_then(parse_when);
    let reported = || record.extra.reported_on.as_deref().and_then(parse_when);
    match own {
        Some(when) => (Some(when), false),
        None => {
            let when = reported();
            (when, when.is_some())
        }
    }
}

/// A number made of all that a record holds (FNV-1a), but not of where it stands: it orders those
/// that have nothing else to order them by.
pub fn digest(record: &Record) -> u64 {
    let extra = &record.extra;
    let mut hash = Fnv::default();
    for field in &record.fields {
        hash.text(Some(&field.name));
        hash.text(Some(&field.text));
    }
    let lone = [
        &extra.reported_on,
        &extra.grade,
        &extra.outcome,
        &extra.area,
    ];
    for value in lone.into_iter().chain(&extra.links).chain(&extra.coded) {
        hash.text(value.as_deref());
    }
    for name in &extra.names {
        hash.text(Some(name));
    }
    hash.0
}

/// The place of a record in its case: see [`place_key`].
pub fn record_key(record: &Record) -> Vec<u8> {
    let date = record.incident_date.as_deref().unwrap_or_default();
    let id = record.incident_ref();
    place_key(placed(record).0, date, &id, digest(record))
}

/// The place of a record in its case: keys compare as records are to stand. A month or a year stands
/// at its beginning, what has no readable date last. `date` is the date as written.
pub fn place_key(when: Option<When>, date: &str, id: &str, digest: u64) -> Vec<u8> {
    let mut key = Vec::with_capacity(48 + date.len() + id.len());
    match when {
        None => key.push(1),
        Some(when) => {
            key.push(0);
            day_key(&mut key, when.from);
            let second = |time: jiff::civil::Time| {
                let seconds = i32::from(time.hour()) * 3600
                    + i32::from(time.minute()) * 60
                    + i32::from(time.second());
                (seconds, time.subsec_nanosecond())
            };
            // None comes before the first of the day.
            let (seconds, nanoseconds) = when.time.map_or((-1, 0), second);
            key.extend(((seconds + 1) as u32).to_be_bytes());
            key.extend((nanoseconds as u32).to_be_bytes());
            day_key(&mut key, when.to);
        }
    }
    text_key(&mut key, date);
    text_key(&mut key, id);
    key.extend(digest.to_be_bytes());
    key
}

fn day_key(key: &mut Vec<u8>, day: Date) {
    // Years before the first would else stand behind all others.
    key.extend((i32::from(day.year()) + 0x1_0000).to_be_bytes());
    key.extend([day.month() as u8, day.day() as u8]);
}

/// FNV-1a over texts, each with its length, so that none runs into the next.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
    }

    fn text(&mut self, text: Option<&str>) {
        match text {
            None => self.bytes(&[0xfe]),
            Some(text) => {
                self.bytes(text.as_bytes());
                self.bytes(&[0xff]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_compare_as_dates_do() {
        let dates = [
            "-0044-03-15",
            "1999",
            "May 2024",
            "2024-05-01",
            "2024-05-01 00:00",
            "2024-05-01 21:15",
            "2024-05-02",
            "2023-12-31",
            "",
            "last year",
        ];
        let key = |date: &str| place_key(parse_when(date), date, "I", 0);
        for a in dates {
            for b in dates {
                let (x, y) = (parse_when(a), parse_when(b));
                let wanted = (x.is_none(), x, a).cmp(&(y.is_none(), y, b));
                assert_eq!(key(a).cmp(&key(b)), wanted, "{a} {b}");
            }
        }
    }
}
