//! What is worth speaking ahead of time, and `hoidap models warm-voice`, which does so at once.
//!
//! First the sentences that never change (who is refused hears them every time), then the answers of the guides, each as
//! the pipeline itself would give it.

use std::sync::Arc;

use super::{CliError, engines, today};
use crate::answer::refusal::{refuse, refuse_foreign_language, refuse_foreign_law};
use crate::answer::{Status, turn};
use crate::question::{Intent, Question};
use crate::regulations::RegulationIndex;
use crate::settings::Settings;
use crate::text_to_speech::sentences::pieces;
use crate::text_to_speech::voice::Prepared;

/// What is asked of every procedure, the commonest first.
const ASKED: [&str; 5] =
    ["cần giấy tờ gì?", "nộp ở đâu?", "mất bao lâu?", "lệ phí bao nhiêu?", "làm thế nào?"];
/// Sentences at the end of many answers.
const COMMON: [&str; 3] = [
    "Phần còn lại xin xem trên màn hình, hoặc nói: nghe tiếp.",
    "Xin kiểm tra hiệu lực của văn bản trước khi áp dụng.",
    "Xin hỏi lại cơ quan giải quyết trước khi áp dụng.",
];
const REFUSALS: [Status; 6] = [
    Status::UnclearSpeech,
    Status::NotFound,
    Status::OutOfScope,
    Status::PersonalAdvice,
    Status::Unsafe,
    Status::DossierUnavailable,
];

/// Every text that is worth speaking ahead of time, in words, the likeliest first; each is made when it is asked for.
pub fn texts(index: Arc<RegulationIndex>) -> impl Iterator<Item = String> + Send {
    let refusals = REFUSALS.map(|status| refuse(status, Intent::None, None));
    let refusals = refusals.into_iter().chain([refuse_foreign_law(), refuse_foreign_language()]);
    let fixed = refusals.map(|answer| answer.answer.spoken).chain(COMMON.map(str::to_owned));
    let guides = index.clone();
    let titles = std::iter::once_with(move || match guides.catalogue() {
        Ok(catalogue) => catalogue.guides.iter().map(|guide| guide.title.clone()).collect(),
        Err(error) => {
            tracing::warn!("the guides cannot be spoken ahead of time: {error}");
            Vec::<String>::new()
        }
    });
    let questions = titles.flat_map(|titles| {
        let of_all = move |asked| titles.clone().into_iter().map(move |title| format!("{title} {asked}"));
        ASKED.into_iter().flat_map(of_all)
    });
    fixed.chain(questions.filter_map(move |question| {
        let answered = turn(&Question::new(&question), None, &index.search(), today()).ok()?;
        (answered.answer.intent == Intent::Procedure).then_some(answered.answer.answer.spoken)
    }))
}

/// Runs the command.
pub fn run(settings: &Settings) -> Result<(), CliError> {
    let index = Arc::new(RegulationIndex::open(&settings.index_folder())?);
    let (rate, mut voice) = (engines::voice_rate(settings)?, engines::voice(settings)?);
    if voice.cache().is_none() {
        return Err(CliError::Usage("nothing is kept while voice_cache_bytes is 0".to_owned()));
    }
    let (mut kept, mut made) = (0, 0);
    'texts: for text in texts(index) {
        for piece in pieces(&text) {
            match voice.prepare(&piece.text, rate)? {
                Prepared::Kept => kept += 1,
                Prepared::Made => made += 1,
                Prepared::Silent => {}
                Prepared::NoRoom => {
                    eprintln!("there is no room for more; the rest is spoken when it is asked for");
                    break 'texts;
                }
            }
        }
    }
    let megabytes = voice.cache().map_or(0, |cache| cache.bytes()) / 1_000_000;
    println!("{}: {made} clauses spoken, {kept} were kept already; {megabytes} MB in all", voice.name());
    Ok(())
}
