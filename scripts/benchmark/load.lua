-- The wrk script of all measurements: sends one fixed request. Each response must have status 200 and contain the given
-- text. Arguments: the team key, the text. Prints one JSON object with the figures that measure.py reads.
wrong = 0
local expected

function init(arguments)
  wrk.method = "POST"
  wrk.headers["Authorization"] = "Bearer " .. arguments[1]
  wrk.headers["Content-Type"] = "application/json"
  wrk.body = '{"channel":"app","token":"STsid0000001515028196605yc1oYNTuPlTlLT10AR3ywr2WApEq14JH","phoneNumber":"13800000000"}'
  expected = arguments[2]
end

function response(status, _, body)
  if status ~= 200 or not body:find(expected, 1, true) then wrong = wrong + 1 end
end

local threads = {}
function setup(thread) threads[#threads + 1] = thread end

function done(summary, latency)
  for _, thread in ipairs(threads) do wrong = wrong + thread:get("wrong") end
  local errors = summary.errors
  print(string.format(
    '{"requests": %d, "seconds": %.6f, "p50": %d, "p99": %d, "wrong": %d, "broken": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99), wrong,
    errors.connect + errors.read + errors.write + errors.timeout))
end
