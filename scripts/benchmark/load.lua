-- The wrk script of all measurements: sends one request with different tokens, because identical calls in flight share
-- one vendor call. Each response must have status 200 and contain the given
-- text. Arguments: the team key, the text. Prints one JSON object with the figures that measure.py reads.
wrong = 0
local expected
local requests, position = {}, 0

function init(arguments)
  wrk.method = "POST"
  wrk.headers["Authorization"] = "Bearer " .. arguments[1]
  wrk.headers["Content-Type"] = "application/json"
  -- More than the connections of a thread. `number` is the number of the thread.
  for index = 1, 8192 do
    requests[index] = wrk.format(nil, nil, nil, string.format(
      '{"channel":"app","token":"STsid0000001515028196605yc1oYNTuPlTlLT10AR3ywr%04d%06d","phoneNumber":"13800000000"}',
      number, index))
  end
  expected = arguments[2]
end

function request()
  position = position % #requests + 1
  return requests[position]
end

function response(status, _, body)
  if status ~= 200 or not body:find(expected, 1, true) then wrong = wrong + 1 end
end

local threads = {}
function setup(thread)
  threads[#threads + 1] = thread
  thread:set("number", #threads)
end

function done(summary, latency)
  for _, thread in ipairs(threads) do wrong = wrong + thread:get("wrong") end
  local errors = summary.errors
  print(string.format(
    '{"requests": %d, "seconds": %.6f, "p50": %d, "p99": %d, "wrong": %d, "broken": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99), wrong,
    errors.connect + errors.read + errors.write + errors.timeout))
end
