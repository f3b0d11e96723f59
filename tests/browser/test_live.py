"""The live door as Chromium opens it: with the cookie of the person who looks, under our content policy."""

LISTEN = """
() => new Promise((resolve, reject) => {
  window.heard = [];
  window.live = new WebSocket(`ws://${location.host}/v1/live`);
  live.onmessage = (event) => {
    const message = JSON.parse(event.data);
    heard.push(message);
    if (message.type === "welcome") {
      live.send(JSON.stringify({type: "subscribe", channel: "BoardChannel", board_id: "me", payload: false}));
    }
    if (message.type === "subscribed") resolve(message.board_id);
  };
  live.onclose = (event) => { window.end = [event.code, event.reason, event.wasClean]; reject(end); };
})
"""
UNTIL = """
(condition) => new Promise((resolve) => {
  const holds = {
    added: () => heard.some((message) => message.event === "task_added"),
    ended: () => window.end !== undefined,
  }[condition];
  const look = () => (holds() ? resolve(true) : setTimeout(look, 20));
  look();
})
"""
KNOCK = """
(address) => new Promise((resolve) => {
  const socket = new WebSocket(address);
  socket.onopen = () => resolve("open");
  socket.onerror = () => resolve("refused");
})
"""


def test_a_page_hears_its_persons_board_until_they_sign_out(looking, cast, api):
    with looking(cast.uma) as page:
        assert page.evaluate(LISTEN) == f"user-{cast.uma.user_id}"
        body = {"title": "From Mara", "assigned_to_id": cast.uma.user_id}
        made = api(cast.mara).post("/v1/tasks", json=body).get_json()
        page.evaluate(UNTIL, "added")
        message = page.evaluate("heard.at(-1)")
        assert (message["task_id"], "payload" in message) == (made["id"], False)
        phone = api(cast.uma)
        for session in phone.get("/v1/users/me/sessions").get_json()["sessions"]:
            if not session["current"]:
                assert phone.delete(f"/v1/users/me/sessions/{session['id']}").status_code == 204
        page.evaluate(UNTIL, "ended")
        assert page.evaluate("end") == [4401, "Your session has ended. Sign in again.", True]


def test_a_page_of_another_site_does_not_get_in(looking, cast, address):
    door = address.replace("http://", "ws://") + "/v1/live"
    with looking(cast.uma) as page:
        assert page.evaluate(KNOCK, door) == "open"
        page.goto("about:blank")
        assert page.evaluate(KNOCK, door) == "refused"
