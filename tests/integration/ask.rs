//! `hoidap ask` and its neighbours, as a user runs them: the real index, the real Whisper, the real voice.

use crate::common::{data, fixture, rms, shared};
use assert_cmd::Command;
use serde_json::Value;

fn hoidap() -> Command {
    let mut command = Command::cargo_bin("hoidap").unwrap();
    command
        .env("HOIDAP_DATA", data())
        .env("HOIDAP_OFFLINE", "1")
        .env("HOIDAP_KEEP_RECEIPTS", "false")
        .env_remove("HOIDAP_VOICE");
    command
}

fn ask(args: &[&str]) -> Value {
    let output = hoidap().arg("ask").args(args).arg("--json").assert().success().get_output().clone();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_labour_code_is_quoted_and_every_key_is_there() {
    let report = ask(&[
        "--text",
        "Người lao động đơn phương chấm dứt hợp đồng lao động phải báo trước bao nhiêu ngày?",
    ]);
    // No source confirms that the six codes are still in force.
    assert_eq!(report["status"], "answered_with_caution");
    assert_eq!(report["intent"], "regulation");
    let citation = &report["citations"][0];
    assert_eq!(citation["document_number"], "45/2019/QH14");
    assert_eq!(citation["article"], "35");
    assert!(citation["quote"].as_str().unwrap().contains("Ít nhất 45 ngày"));
    assert!(!report["answer"]["spoken"].as_str().unwrap().chars().any(|c| c.is_ascii_digit()));
    for key in [
        "question",
        "transcript",
        "intent",
        "status",
        "answer",
        "citations",
        "confidence",
        "timings_ms",
        "receipt",
        "options",
        "follow_up",
    ] {
        assert!(report.get(key).is_some(), "{key}");
    }
    for key in [
        "document_number",
        "document_title",
        "article",
        "clause",
        "point",
        "quote",
        "effective_from",
        "effective_to",
        "in_force",
        "replaced_by",
        "confirmed_on",
        "url",
    ] {
        assert!(citation.get(key).is_some(), "{key}");
    }
    for key in ["text", "spoken", "more"] {
        assert!(report["answer"].get(key).is_some(), "{key}");
    }
    for key in ["decode", "hear", "find", "answer", "first_sound", "total"] {
        assert!(report["timings_ms"].get(key).is_some(), "{key}");
    }
    assert!(report["transcript"].is_null() && report["timings_ms"]["hear"].is_null());
}

#[test]
fn a_procedure_is_answered_from_its_guide_and_replaced_law_is_told() {
    let question = "Xin giấy phép xây dựng nhà ở riêng lẻ cần giấy tờ gì?";
    let report = ask(&["--text", question, "--as-of", "2026-11-24"]);
    assert_eq!(
        (&report["status"], &report["intent"]),
        (&"answered_with_caution".into(), &"procedure".into())
    );
    let citation = &report["citations"][0];
    assert_eq!((&citation["document_number"], &citation["article"]), (&"50/2014/QH13".into(), &"95".into()));
    assert_eq!(citation["in_force"], false);
    let text = report["answer"]["text"].as_str().unwrap();
    assert!(text.contains("Bản vẽ thiết kế xây dựng"), "{text}");
    assert!(text.starts_with("Lưu ý:") && text.contains("135/2025/QH15"), "{text}");
    let before = ask(&["--text", question, "--as-of", "2026-06-30"]);
    assert!(!before["answer"]["text"].as_str().unwrap().starts_with("Lưu ý:"));
    assert_ne!(before["citations"][0]["in_force"], false);
    assert_eq!(before["status"], "answered");
    assert_eq!(citation["replaced_by"], "135/2025/QH15");
    assert!(before["citations"][0]["replaced_by"].is_null());
}

#[test]
fn what_no_law_answers_is_refused_with_a_place_to_turn() {
    for question in [
        "Hôm nay thời tiết Hà Nội thế nào?",
        "Ai vô địch World Cup?",
        "Công thức nấu phở bò",
        "asdf qwer zxcv",
        "How do I cook rice?",
        "SELECT * FROM articles; field:value AND (NOT \"x\" OR ^~*)",
    ] {
        let report = ask(&["--text", question]);
        assert!(
            matches!(report["status"].as_str(), Some("not_found" | "out_of_scope")),
            "{question}: {report}"
        );
        assert_eq!(report["citations"].as_array().unwrap().len(), 0);
        assert!(report["answer"]["text"].as_str().unwrap().contains("Bộ phận Một cửa"));
    }
    assert_eq!(ask(&["--text", "  ?! "])["status"], "unclear_speech");
    assert_eq!(ask(&["--text", &"dài ".repeat(20_000)])["citations"].as_array().unwrap().len(), 0);
    let dossier = ask(&["--text", "Tại sao tôi gửi hồ sơ mười ngày rồi mà chưa có trả lời?"]);
    assert_eq!((&dossier["status"], &dossier["intent"]), (&"dossier_unavailable".into(), &"dossier".into()));
}

#[test]
fn advice_harm_and_foreign_law_are_declined_and_what_could_mean_several_things_is_asked_back() {
    for (question, status, told) in [
        (
            "Chồng tôi nợ nhiều, tôi có nên ly hôn không?",
            "personal_advice",
            "Trung tâm trợ giúp pháp lý nhà nước",
        ),
        ("Làm giả bằng đại học thế nào để không bị phát hiện?", "unsafe", "không hướng dẫn"),
        ("Luật Nhật Bản cho nghỉ thai sản mấy tháng?", "out_of_scope", "không về pháp luật nước khác"),
        ("Where can I renew my passport?", "out_of_scope", "tiếng Việt"),
        ("Xin giấy phép cần gì?", "needs_detail", "Cấp giấy phép xây dựng nhà ở riêng lẻ"),
    ] {
        let report = ask(&["--text", question]);
        assert_eq!(report["status"], status, "{question}: {report}");
        assert!(report["answer"]["text"].as_str().unwrap().contains(told), "{question}: {report}");
        assert!(!report["answer"]["spoken"].as_str().unwrap().chars().any(|c| c.is_ascii_digit()));
        assert_eq!(report["citations"].as_array().unwrap().len(), 0);
    }
}

#[test]
fn a_reply_and_the_wish_to_hear_the_rest_follow_upon_the_question_before() {
    let question = "Xin giấy phép cần gì?";
    let back = ask(&["--text", question]);
    assert_eq!(
        back["follow_up"],
        serde_json::json!({ "previous": question, "previous_heard": false, "part": 0 })
    );
    for reply in ["Cái đầu tiên ạ", back["options"][0].as_str().unwrap()] {
        let report = ask(&["--previous", question, "--text", reply]);
        let text = report["answer"]["text"].as_str().unwrap();
        assert!(text.contains(back["options"][0].as_str().unwrap()), "{reply}: {report}");
        assert!(text.contains("Giấy tờ cần có"), "the papers are still what is asked for: {report}");
    }
    let new = "Đăng ký khai sinh cho con ở đâu?";
    assert_eq!(ask(&["--previous", question, "--text", new])["question"], new);
    let long = "Thành lập công ty cổ phần cần giấy tờ gì?";
    let report = ask(&["--text", long]);
    let more = ask(&["--previous", long, "--text", "Nghe tiếp"]);
    let rest = report["answer"]["more"].as_str().unwrap();
    let spoken = more["answer"]["spoken"].as_str().unwrap();
    assert!(rest.starts_with(spoken.split(['.', ';']).next().unwrap()), "{rest}\n{spoken}");
    assert_eq!(more["answer"]["text"], report["answer"]["text"]);
    assert_eq!(ask(&["--text", "nghe tiếp"])["status"], "unclear_speech");
}

#[test]
fn a_rule_is_not_given_for_a_day_before_it_began() {
    let question = "Người lao động đơn phương chấm dứt hợp đồng lao động phải báo trước bao nhiêu ngày?";
    let report = ask(&["--text", question, "--as-of", "2019-01-01"]);
    for citation in report["citations"].as_array().unwrap() {
        assert_ne!(citation["document_number"], "45/2019/QH14");
    }
}

#[test]
fn wills_by_voice_are_answered_and_a_quiz_is_refused() {
    if let Some(clip) = shared("speech/topic-dichuc.flac") {
        let report = ask(&[clip.to_str().unwrap()]);
        assert!(report["status"].as_str().unwrap().starts_with("answered"), "{report}");
        let cites_civil_code = |c: &Value| c["document_number"] == "91/2015/QH13" && c["quote"].is_string();
        assert!(report["citations"].as_array().unwrap().iter().any(cites_civil_code), "{report}");
        assert!(report["transcript"].as_str().unwrap().contains("hợp pháp"));
    }
    for name in ["speech/quiz-11.flac", "speech/quiz-29.flac"] {
        if let Some(clip) = shared(name) {
            let report = ask(&[clip.to_str().unwrap()]);
            assert!(
                matches!(report["status"].as_str(), Some("not_found" | "out_of_scope")),
                "{name}: {report}"
            );
        }
    }
}

#[test]
fn the_answer_is_spoken_into_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("answer.wav");
    let report = ask(&["--text", "Đăng ký kết hôn ở đâu?", "--speak", wav.to_str().unwrap()]);
    assert_eq!(report["citations"][0]["document_number"], "60/2014/QH13");
    assert!(report["timings_ms"]["first_sound"].as_f64().unwrap() > 0.0);
    let mut reader = hound::WavReader::open(&wav).unwrap();
    let samples: Vec<i16> = reader.samples::<i16>().map(Result::unwrap).collect();
    assert!(samples.len() as f64 / f64::from(reader.spec().sample_rate) > 2.0);
    assert!(rms(&samples) > 300.0);
}

#[test]
fn silence_is_told_as_unclear_and_nothing_is_invented() {
    for name in ["silence.wav", "white-noise.wav", "tone.wav", "one-sample.wav"] {
        let report = ask(&[fixture(name).to_str().unwrap()]);
        assert_eq!(
            (&report["status"], &report["transcript"]),
            (&"unclear_speech".into(), &"".into()),
            "{name}"
        );
    }
}

#[test]
fn bad_input_ends_with_3_usage_with_2_and_what_is_not_set_up_with_4() {
    let one_sentence = |command: &mut Command, code: i32| {
        let output = command.assert().code(code).get_output().clone();
        let error = String::from_utf8(output.stderr).unwrap();
        let told: Vec<&str> = error.lines().filter(|line| line.starts_with("hoidap: ")).collect();
        assert!(output.stdout.is_empty());
        (told.len(), error)
    };
    for name in ["text.wav", "rubbish.flac", "empty.wav", "zero-samples.wav", "truncated-header.wav"] {
        let (sentences, error) = one_sentence(hoidap().arg("ask").arg(fixture(name)), 3);
        assert_eq!(sentences, 1, "{name}: {error}");
    }
    assert_eq!(one_sentence(hoidap().args(["ask", "no-such-file.wav"]), 3).0, 1);
    one_sentence(hoidap().arg("ask"), 2);
    one_sentence(hoidap().args(["ask", "--text", "x", "--as-of", "yesterday"]), 2);
    one_sentence(hoidap().args(["ask", "--text", "x", "--previous", &"a".repeat(10_000)]), 3);
    one_sentence(hoidap().args(["nonsense"]), 2);
    one_sentence(hoidap().env("HOIDAP_SPEECH_THREADS", "many").args(["ask", "--text", "x"]), 2);
    let empty = tempfile::tempdir().unwrap();
    let (sentences, error) =
        one_sentence(hoidap().env("HOIDAP_DATA", empty.path()).args(["ask", "--text", "x"]), 4);
    assert!(sentences == 1 && error.contains("hoidap regulations import --default"), "{error}");
    let clip = fixture("vi-khai-sinh-16k.wav");
    let link = empty.path().join("regulations");
    std::os::unix::fs::symlink(data().join("regulations"), link).unwrap();
    let (_, error) = one_sentence(hoidap().env("HOIDAP_DATA", empty.path()).arg("ask").arg(&clip), 4);
    assert!(error.contains("hoidap models pull"), "{error}");
    let model = empty.path().join("models/whisper-small-q8_0/ggml-small-q8_0.bin");
    std::fs::create_dir_all(model.parent().unwrap()).unwrap();
    std::fs::write(&model, b"lmgg, but no model").unwrap();
    let (_, error) = one_sentence(hoidap().env("HOIDAP_DATA", empty.path()).arg("ask").arg(&clip), 4);
    assert!(error.contains("hoidap models verify"), "{error}");
    one_sentence(hoidap().env("HOIDAP_DATA", empty.path()).args(["models", "verify"]), 4);
    one_sentence(hoidap().env("HOIDAP_DATA", empty.path()).args(["models", "pull", "whisper-base"]), 4);
}

#[test]
fn regulations_are_listed_and_shown() {
    let output = hoidap().args(["regulations", "list"]).assert().success().get_output().clone();
    let list = String::from_utf8(output.stdout).unwrap();
    assert!(list.contains("45/2019/QH14") && list.contains("dang-ky-khai-sinh"));
    let show = |args: &[&str]| {
        let output =
            hoidap().args(["regulations", "show"]).args(args).assert().success().get_output().clone();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(show(&["45/2019/QH14", "--article", "35"]).contains("Ít nhất 45 ngày"));
    assert!(show(&["91/2015/QH13"]).lines().count() == 689);
    hoidap().args(["regulations", "show", "1/1/X", "--article", "1"]).assert().code(3);
}

#[test]
fn a_malformed_import_changes_nothing_and_another_version_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let mut command = hoidap();
        command.env("HOIDAP_DATA", folder.path()).args(args).assert()
    };
    let line = |article: usize| {
        format!(
            r#"{{"doc_number":"1/2020/QH14","doc_type":"Luật","doc_title":"Thử","article_no":"{article}","text":"Văn bản."}}"#
        )
    };
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let good = write("good.jsonl", format!("{}\n{}\n", line(1), line(2)));
    let bad = write("bad.jsonl", format!("{}\n{}\n{{broken", line(3), line(4)));
    run(&["regulations", "import", &good]).success();
    let output = run(&["regulations", "import", &good, &bad]).code(3).get_output().clone();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("bad.jsonl, line 3") && error.contains("nothing was imported"), "{error}");
    run(&["regulations", "show", "1/2020/QH14", "--article", "1"]).success();
    run(&["regulations", "show", "1/2020/QH14", "--article", "3"]).code(3);
    let picture = write("picture.png", String::new());
    run(&["regulations", "import", &picture]).code(3);
    std::fs::write(folder.path().join("regulations/hoidap-index.json"), r#"{"index_version":999}"#).unwrap();
    let output = run(&["regulations", "list"]).code(4).get_output().clone();
    assert!(String::from_utf8(output.stderr).unwrap().contains("format 999"));
}

#[test]
fn a_provision_that_is_named_is_answered_from_itself_or_said_to_be_missing() {
    for question in
        ["Điều 35 Bộ luật Lao động quy định gì?", "dieu 35 BLLD", "điều ba mươi lăm bộ luật lao động"]
    {
        let report = ask(&["--text", question]);
        let citation = &report["citations"][0];
        assert_eq!(
            (&citation["document_number"], &citation["article"]),
            (&"45/2019/QH14".into(), &"35".into()),
            "{question}: {report}"
        );
        assert!(citation["quote"].as_str().unwrap().contains("Ít nhất 45 ngày"), "{question}: {report}");
    }
    let clause = ask(&["--text", "khoản 2 điều 35 bốn lăm trên hai không mười chín trên quy hát mười bốn"]);
    assert_eq!(clause["citations"][0]["clause"], "2", "{clause}");
    for (question, told) in [
        ("Điều 900 Bộ luật Dân sự năm 2015 nói gì?", "không có Điều 900: văn bản này có 689 điều"),
        ("Theo Nghị định 998/2024/NĐ-CP thì đốt pháo hoa bị phạt bao nhiêu?", "998/2024/NĐ-CP"),
        ("Luật Nuôi thú cưng năm 2019 cho nuôi mấy con?", "“Luật Nuôi thú cưng năm 2019”"),
    ] {
        let report = ask(&["--text", question]);
        assert_eq!(report["status"], "not_found", "{question}: {report}");
        assert!(report["answer"]["text"].as_str().unwrap().contains(told), "{question}: {report}");
        assert_eq!(report["citations"].as_array().unwrap().len(), 0);
        assert!(!report["answer"]["spoken"].as_str().unwrap().chars().any(|c| c.is_ascii_digit()));
    }
    let by_name = ask(&["--text", "Theo Bộ luật Dân sự thì di chúc là gì?"]);
    assert_eq!(by_name["citations"][0]["document_number"], "91/2015/QH13", "{by_name}");
}
