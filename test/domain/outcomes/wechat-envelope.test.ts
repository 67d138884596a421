import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openWechatCiphertext, readWechatCiphertext, signWechat } from "#domain/outcomes/wechat-envelope.ts";
import { encryptForAccount } from "../../support/wechat-sender.ts";

/** https://developers.weixin.qq.com/doc/service/guide/dev/push/encryption.html */
const DOCUMENTED = {
  token: "AAAAA",
  encodingAesKey: "A".repeat(43),
  appId: "wxba5fad812f8e6fb9",
  timestamp: "1714112445",
  nonce: "415670741",
  ciphertext:
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=",
  signature: "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
  text: '{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY","CreateTime":1714112445,"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}',
};

/** Sample.cs of Tencent's own WXBizMsgCrypt (https://wximg.gtimg.com/shake_tv/mpwiki/cryptoDemo.zip). */
const SAMPLE = {
  token: "QDG6eK",
  encodingAesKey: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
  appId: "wx5823bf96d3bd56c7",
  timestamp: "1409659813",
  nonce: "1372623149",
  signature: "477715d11cdb4164915debcba66cb864d751f3e6",
  ciphertext:
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==",
  text: `<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>
<FromUserName><![CDATA[mycreate]]></FromUserName>
<CreateTime>1409659813</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[hello]]></Content>
<MsgId>4561255354251345929</MsgId>
<AgentID>218</AgentID>
</xml>`,
};

describe("what WeChat encrypts", () => {
  test.each([
    ["their documentation's", DOCUMENTED],
    ["their sample code's", SAMPLE],
  ])("opens and is signed as %s", (_, { token, timestamp, nonce, ciphertext, signature, text, ...account }) => {
    expect(signWechat([token, timestamp, nonce, ciphertext])).toBe(signature);
    expect(openWechatCiphertext(ciphertext, account)).toBe(text);
  });

  test("is found in a body of safe mode and of compatibility mode, and not in a plain one", () => {
    const { ciphertext } = SAMPLE;
    const safe = `<xml><ToUserName><![CDATA[gh]]></ToUserName><Encrypt><![CDATA[${ciphertext}]]></Encrypt></xml>`;
    expect(readWechatCiphertext(safe)).toBe(ciphertext);
    expect(readWechatCiphertext(`<xml><MsgID>1</MsgID><Encrypt>${ciphertext}</Encrypt></xml>`)).toBe(ciphertext);
    expect(readWechatCiphertext("<xml><MsgID>1</MsgID></xml>")).toBeUndefined();
  });

  test("does not open for another account, or with another key", () => {
    const { ciphertext, encodingAesKey, appId } = SAMPLE;
    expect(openWechatCiphertext(ciphertext, { encodingAesKey, appId: "wx5823bf96d3bd56c8" })).toBeUndefined();
    expect(openWechatCiphertext(ciphertext, { encodingAesKey: DOCUMENTED.encodingAesKey, appId })).toBeUndefined();
    expect(openWechatCiphertext(ciphertext.slice(4), { encodingAesKey, appId })).toBeUndefined();
    expect(openWechatCiphertext("", { encodingAesKey, appId })).toBeUndefined();
  });

  const aKey = fc.stringMatching(/^[A-Za-z0-9]{43}$/);
  const anApp = fc.stringMatching(/^wx[0-9a-f]{16}$/);

  test("opens as it was, whatever it says, for its account alone", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), aKey, anApp, anApp, (text, encodingAesKey, appId, other) => {
        const ciphertext = encryptForAccount(text, { encodingAesKey, appId });
        expect(openWechatCiphertext(ciphertext, { encodingAesKey, appId })).toBe(text);
        if (other !== appId) expect(openWechatCiphertext(ciphertext, { encodingAesKey, appId: other })).toBeUndefined();
      }),
    );
  });

  test("never throws, whatever comes", () => {
    fc.assert(
      fc.property(fc.base64String(), aKey, (ciphertext, encodingAesKey) => {
        expect(openWechatCiphertext(ciphertext, { encodingAesKey, appId: "wx1" })).toBeUndefined();
      }),
    );
  });
});
