#![no_main]

libfuzzer_sys::fuzz_target!(
    // The lexicon takes seconds to read with checks on; no input is to blame for that.
    init: { throughline_fuzz::scanner::lexicon(); },
    |data: &[u8]| throughline_fuzz::scanner::check(data)
);
