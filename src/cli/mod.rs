//! The command line. It only arranges: every command reads its settings, calls one room, and prints.

use std::process::ExitCode;

/// Runs the program.
pub fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    let settings = crate::settings::Settings::load().unwrap();
    match args[1].as_str() {
        "import" => {
            let index = crate::regulations::RegulationIndex::open_or_create(&settings.index_folder()).unwrap();
            let paths: Vec<_> = args[2..].iter().map(Into::into).collect();
            println!("{}", crate::regulations::import::import(&index, &paths, &indicatif::ProgressBar::new(1)).unwrap());
        }
        "eval" => {
            let index = crate::regulations::RegulationIndex::open(&settings.index_folder()).unwrap();
            let q = crate::evaluation::read_json_lines::<crate::evaluation::retrieval::LabelledQuestion>(args[2].as_ref()).unwrap();
            let f = |i: usize, d: f32| args.get(i).map_or(d, |x| x.parse().unwrap());
            let o = crate::evaluation::retrieval::RetrievalOptions { fold_diacritics: f(3, 0.0) > 0.0, weights: crate::regulations::search::FieldWeights { whole: 1., title: f(4, 0.2), pair: f(5, 0.85), phonetic: f(6, 0.4) } };
            print!("{}", crate::evaluation::retrieval::evaluate_retrieval(&index, &q, &o).unwrap());
        }
        "features" => {
            use crate::answer::relevance::QuestionTerms;
            let index = crate::regulations::RegulationIndex::open(&settings.index_folder()).unwrap();
            for line in std::io::stdin().lines() {
                let line = line.unwrap();
                let (label, text) = line.split_once('\t').unwrap();
                let q = if std::env::var("HEARD").is_ok() { crate::question::Question::heard(text) } else {crate::question::Question::new(text) };
                let search = index.search();
                let hits = search.find(&q, crate::regulations::Kind::Article, 10, None).unwrap();
                let t = if std::env::var("PHON").is_ok() { QuestionTerms::spelt(&q, &search, crate::regulations::tokenizer::Spelling::Phonetic) } else { QuestionTerms::new(&q, &search) };
                let mut out = vec![];
                for h in hits.iter().take(5) {
                    let crate::regulations::Record::Article(a) = &h.record else { continue };
                    let c = t.coverage(&format!("{}.\n{}.\n{}", a.document_title, a.title, a.text));
                    let best = crate::regulations::structure::clauses(&a.text).iter().map(|x| t.coverage(&format!("{}.\n{}.\n{}", a.document_title, a.title, &a.text[x.span.clone()]))).map(|c| (c.syllables, c.pairs)).fold((0f32,0f32), |m, x| if x.0 + x.1 > m.0 + m.1 { x } else { m });
                    let tt = t.coverage(&a.title);
                    out.push(format!("{{\"key\":{:?},\"score\":{},\"s\":{},\"p\":{},\"cs\":{},\"cp\":{},\"ts\":{},\"tp\":{}}}", a.key(), h.score, c.syllables, c.pairs, best.0, best.1, tt.syllables, tt.pairs));
                }
                println!("{{\"label\":{label:?},\"n\":{},\"text\":{text:?},\"hits\":[{}]}}", t.syllable_count(), out.join(","));
            }
        }
        "speech" => {
            let mut e = crate::speech_to_text::WhisperEngine::load(crate::speech_to_text::WhisperOptions { model: (&args[3]).into(), name: "m".into(), threads: 2, minimum_context_frames: 768 }).unwrap();
            let r = crate::evaluation::speech::evaluate_speech(&mut e, args[2].as_ref(), args.get(4).map(|x| x.parse().unwrap()), |c| println!("{} {:.1}s {:.2}\n  {}\n  {}", c.audio, c.seconds, c.words.rate(), c.said, c.heard)).unwrap();
            print!("{r}");
        }
        _ => {}
    }
    ExitCode::SUCCESS
}
