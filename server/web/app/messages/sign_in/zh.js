/** The words of signing in and up, in Chinese; en.js has the same keys. */
export default {
  "sign_in.title": "登录集市",
  "sign_in.why_say": "登录后就能和大家聊天",
  "sign_in.why_buy": "登录后就能下单",
  "sign_in.welcome": "登录后聊天、下单，订单都在一处",
  "sign_in.tab_in": "登录",
  "sign_in.tab_up": "注册",
  "sign_in.login": "账号",
  "sign_in.login_hint": "字母、数字或手机号",
  "sign_in.password": "密码",
  "sign_in.fault_login": "账号要 3 到 64 位，用字母、数字和常见符号。",
  "sign_in.show_password": "显示密码",
  "sign_in.hide_password": "隐藏密码",
  "sign_in.submit_in": "登录",
  "sign_in.submit_up": "注册并登录",
  "sign_in.busy": "请稍候…",
  "sign_in.keep_watching": "先看看，不登录",
};
