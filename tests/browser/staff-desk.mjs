// The way of a question without an answer: from the citizen's page over the staff desk to the live answer. See README.md.
import { accessible, ask, equal, finish, ok, sees, test } from "./harness.mjs";

const QUESTION = process.env.QUESTION;
const PASSWORD = process.env.STAFF_PASSWORD;
const PAGES = [
  "/staff", "/staff/chua-tra-loi", "/staff/gop-y", "/staff/phan-anh", "/staff/phan-anh?loai=feedback&tat_ca=1", "/staff/them-cach-hoi", "/staff/them-huong-dan",
  "/staff/da-them", "/staff/thong-bao", "/staff/so-lieu", "/staff/van-ban", "/staff/cong-tac", "/staff/nhat-ky",
];

/** Opens the desk in a page of its own and logs in. */
async function desk(context, net) {
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(new URL("/staff", net.url).href);
  await sees(page, "h1", "Đăng nhập");
  return page;
}

async function logIn(page) {
  await page.getByLabel("Tên đăng nhập").fill("lan");
  await page.getByLabel("Mật khẩu").fill(PASSWORD);
  await page.getByRole("button", { name: "Đăng nhập" }).click();
  await sees(page, "h1", "Tổng quan");
}

await test("a question without an answer goes over the staff desk to a live answer", {}, async (page, net) => {
  // The citizen asks in vain and sends the question.
  await ask(page, QUESTION);
  await sees(page, "#answer", "chưa tìm thấy");
  await page.getByRole("button", { name: "Gửi câu hỏi này cho cơ quan" }).click();
  equal(await page.inputValue("#remark"), QUESTION, "the question to be sent");
  await page.check("#remark-consent");
  await page.locator("#remark-form button[type=submit]").click();
  const code = (await page.locator("#feedback-told a").textContent()).trim();
  ok(/^PA-\d{4}-\d{4}-\d{4}$/.test(code), `the code is ${code}`);

  // Staff find it and add how citizens ask.
  const staff = await desk(page.context(), net);
  await accessible(staff, "staff, logging in");
  await staff.getByLabel("Tên đăng nhập").fill("lan");
  await staff.getByLabel("Mật khẩu").fill("không phải mật khẩu");
  await staff.getByRole("button", { name: "Đăng nhập" }).click();
  await sees(staff, "[role=alert]", "không đúng");
  await accessible(staff, "staff, a wrong password");
  await logIn(staff);
  await staff.getByRole("link", { name: "Chưa trả lời" }).click();
  await sees(staff, "h2", QUESTION);
  await staff.locator("summary").first().click();
  await sees(staff, ".facts a", code);
  await accessible(staff, "staff, questions without an answer");
  await staff.getByRole("link", { name: /Thêm cách hỏi/ }).first().click();
  equal(await staff.getByLabel("Các cách hỏi").inputValue(), QUESTION, "the wording");
  await staff.getByLabel("Số, ký hiệu văn bản").fill("45/2019/QH14");
  await staff.getByLabel("Điều", { exact: true }).fill("999");
  await staff.getByLabel("Lý do").fill("nhiều người hỏi");
  await staff.getByRole("button", { name: "Thêm và dùng ngay" }).click();
  await sees(staff, "[role=alert]", "Điều 999");
  await accessible(staff, "staff, an article that is not held");
  await staff.locator("[role=alert] a").click();
  ok(await staff.locator("#document").evaluate((field) => field === document.activeElement), "the field has no focus");
  await staff.getByLabel("Điều", { exact: true }).fill("35");
  await staff.getByLabel("Khoản").fill("1");
  await staff.getByRole("button", { name: "Thêm và dùng ngay" }).click();
  await sees(staff, "[role=status]", "Đã thêm");
  await staff.goto(new URL("/staff/da-them", net.url).href);
  await sees(staff, "h2", "Khoản 1, Điều 35");
  await accessible(staff, "staff, what was added");
  await staff.goto(new URL(`/staff/phan-anh/${code}`, net.url).href);
  await sees(staff, ".said", "nay đã có câu trả lời");
  await accessible(staff, "staff, one submission");

  // The citizen asks again.
  await page.reload();
  await ask(page, QUESTION);
  await sees(page, "#answer", "45 ngày");
  await sees(page, ".citation h3", "Điều 35");
});

for (const [what, context] of [
  ["on a narrow phone", { viewport: { width: 320, height: 640 } }],
  ["on a desktop in the dark", { viewport: { width: 1280, height: 800 }, colorScheme: "dark" }],
]) {
  await test(`every page of the desk ${what}`, { context }, async (page, net) => {
    const staff = await desk(page.context(), net);
    await logIn(staff);
    for (const path of PAGES) {
      await staff.goto(new URL(path, net.url).href);
      await accessible(staff, `staff ${path} ${what}`);
    }
    // A notice reaches the citizen's page that is open.
    await staff.goto(new URL("/staff/thong-bao", net.url).href);
    const title = `Bão ${what === "on a narrow phone" ? "số 9" : "số 10"}`;
    await staff.getByLabel("Tiêu đề").fill(title);
    await staff.getByLabel("Nội dung").fill("Xin không ra đường từ 18 giờ.");
    await staff.getByRole("button", { name: "Đăng ngay" }).click();
    await sees(staff, "h3", title);
    await sees(page, ".notice h2", title);
    await accessible(staff, `staff, a notice ${what}`);
    await staff.getByLabel("Lý do rút").first().fill("bão tan");
    await staff.getByRole("button", { name: /^Rút/ }).first().click();
    await sees(staff, "[role=status]", "Đã rút");
    // A switch.
    await staff.goto(new URL("/staff/cong-tac", net.url).href);
    await staff.getByLabel("Câu hỏi có những chữ sau").check();
    await staff.getByLabel("Những chữ có trong câu hỏi").fill("nuôi chim yến");
    await staff.getByLabel("Lý do", { exact: false }).last().fill("đang sửa quy định");
    await staff.getByRole("button", { name: "Tắt ngay" }).click();
    await sees(staff, "h3", "nuôi chim yến");
    await accessible(staff, `staff, a topic that is off ${what}`);
    await staff.getByLabel("Lý do bật lại").fill("đã có quy định");
    await staff.getByRole("button", { name: /^Bật lại/ }).click();
    await sees(staff, "[role=status]", "Đã bật lại");
    // A file, compared and dropped.
    await staff.goto(new URL("/staff/van-ban", net.url).href);
    const article = {
      doc_number: "45/2019/QH14", doc_type: "Bộ luật", doc_title: "Bộ luật Lao động", article_no: "90", article_title: "Tiền lương",
      text: "Tiền lương là số tiền trả theo thỏa thuận, bằng tiền mặt.", effective: "01/01/2021",
    };
    await staff.setInputFiles("#file", { name: "luat.jsonl", mimeType: "application/jsonl", buffer: Buffer.from(JSON.stringify(article)) });
    await staff.getByRole("button", { name: "Gửi và so sánh" }).click();
    await sees(staff, "ins", "bằng tiền mặt");
    await accessible(staff, `staff, a difference ${what}`);
    await staff.getByRole("button", { name: "Bỏ tệp này" }).click();
    await sees(staff, "[role=status]", "Đã bỏ tệp");
    // The log is whole.
    await staff.goto(new URL("/staff/nhat-ky", net.url).href);
    await staff.getByRole("button", { name: /Kiểm tra/ }).click();
    await sees(staff, "[role=status]", "nguyên vẹn");
    await accessible(staff, `staff, the log checked ${what}`);
    await staff.getByRole("button", { name: "Đăng xuất" }).click();
    await sees(staff, "h1", "Đăng nhập");
  });
}
await finish();
