-- wrk's side of a load: requests from the environment, and a summary as one line of JSON.
-- METHOD; BODY, if there is one; TOKENS, a file with a token a line, sent in turn; HOST_HEADER.
local requests, turn = {}, 0

function init(_)
  local headers = {}
  local body = os.getenv("BODY")
  if body == "" then body = nil end
  if body then headers["Content-Type"] = "application/json" end
  local file = os.getenv("TOKENS")
  if file and file ~= "" then
    for token in io.lines(file) do
      headers["Authorization"] = "Bearer " .. token
      requests[#requests + 1] = wrk.format(os.getenv("METHOD"), nil, headers, body)
    end
  else
    requests[1] = wrk.format(os.getenv("METHOD"), nil, headers, body)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    'SUMMARY {"requests":%d,"microseconds":%d,"p50":%.1f,"p99":%.1f,"broken":%d,"refused":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.timeout, errors.status))
end
