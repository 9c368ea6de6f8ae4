//! A candidate article in numbers: the names of its features, and where each stands.

/// The names of the features, in order; the trees know them by these.
pub const FEATURES: [&str; 97] = [
    "bm25",
    "bm25_relative",
    "bm25_gap",
    "rank",
    "whole_words",
    "whole_pairs",
    "whole_triples",
    "text_words",
    "text_pairs",
    "title_words",
    "title_pairs",
    "document_words",
    "document_pairs",
    "flat",
    "steep",
    "whole_words_relative",
    "whole_pairs_relative",
    "text_words_relative",
    "text_pairs_relative",
    "title_words_relative",
    "title_pairs_relative",
    "flat_relative",
    "steep_relative",
    "whole_word_share",
    "whole_pair_share",
    "whole_triple_share",
    "title_word_share",
    "title_pair_share",
    "document_word_share",
    "document_pair_share",
    "clause_word_share",
    "clause_pair_share",
    "clause_bm25",
    "clause_bm25_relative",
    "title_in_question",
    "title_pairs_in_question",
    "document_in_question",
    "document_mass",
    "document_best",
    "is_best_of_document",
    "document_hits",
    "text_length",
    "title_length",
    "document_length",
    "is_law",
    "is_decree",
    "is_circular",
    "year",
    "article_number",
    "amendments",
    "longest_run",
    "longest_run_title",
    "run_cover",
    "clause_run_cover",
    "title_run_cover",
    "title_parted",
    "text_parted",
    "title_end_asked",
    "title_told",
    "title_pairs_told",
    "document_told",
    "title_untold",
    "document_untold",
    "question_length",
    "spelling",
    "asked_known",
    "asked_bm25",
    "asked_bm25_relative",
    "asked_word_share",
    "asked_pair_share",
    "asked_in_question",
    "asked_pairs_in_question",
    "asked_run_cover",
    "asked_all_word_share",
    "document_asked",
    "document_asked_best",
    "unit_held",
    "clause_unit_held",
    "best_asked_word_share",
    "best_asked_pair_share",
    "best_whole_pair_share",
    "best_title_pair_share",
    "best_run_cover",
    "in_legal_terms",
    "legal_whole_words_relative",
    "legal_whole_pairs_relative",
    "legal_clause_bm25_relative",
    "legal_whole_word_share",
    "legal_whole_pair_share",
    "legal_title_word_share",
    "legal_title_pair_share",
    "legal_clause_word_share",
    "legal_clause_pair_share",
    "legal_title_in_question",
    "legal_run_cover",
    "legal_asked_word_share",
    "legal_asked_pair_share",
];

/// The features of one candidate.
pub type Row = [f32; FEATURES.len()];

/// Where a feature stands in a row; a name that is none does not compile.
pub(super) const fn place(name: &str) -> usize {
    let name = name.as_bytes();
    let mut n = 0;
    while n < FEATURES.len() {
        let other = FEATURES[n].as_bytes();
        let mut same = other.len() == name.len();
        let mut at = 0;
        while same && at < name.len() {
            same = other[at] == name[at];
            at += 1;
        }
        if same {
            return n;
        }
        n += 1;
    }
    panic!("no such feature")
}

macro_rules! at {
    ($row:expr, $name:literal) => {
        $row[const { $crate::regulations::ranking::row::place($name) }]
    };
}

macro_rules! fill {
    ($row:expr, $($name:literal: $value:expr,)*) => { $($crate::regulations::ranking::row::at!($row, $name) = $value;)* };
}

pub(super) use at;
pub(super) use fill;
