-- Fires the requests that a table of `bench/loading.py` describes, in turn; prints what came of it as one line of JSON.

local threads, data = {}, nil
local shots, count, dry = {}, 0, false
seen = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(args)
  data = dofile(args[1])
  shots = data.sequences[number % #data.sequences + 1]
  count = data.offset
  dry = number == 0  -- wrk asks the first thread once for a request that it never sends
  if data.counts_statuses then
    response = function(status) seen[status] = (seen[status] or 0) + 1 end
  end
  for _, shot in ipairs(shots) do
    if not (shot.first or shot.keyed) then
      shot.ready = wrk.format(shot.method, shot.path, shot.headers, shot.body)
    end
  end
end

function request()
  local shot = shots[count % #shots + 1]
  local place = math.floor(count / #shots)
  if dry then dry = false else count = count + 1 end
  if shot.ready then return shot.ready end
  local path = shot.path
  if shot.first then path = path:gsub("{id}", tostring(shot.first + place)) end
  if shot.keyed then shot.headers["Idempotency-Key"] = data.run .. "-" .. number .. "-" .. count end
  return wrk.format(shot.method, path, shot.headers, shot.body)
end

local function statuses()
  local sums, parts = {}, {}
  for _, thread in ipairs(threads) do
    for status, times in pairs(thread:get("seen") or {}) do sums[status] = (sums[status] or 0) + times end
  end
  for status, times in pairs(sums) do table.insert(parts, ('"%d": %d'):format(status, times)) end
  return table.concat(parts, ", ")
end

function done(summary, latency)
  local errors = summary.errors
  io.write(("\nRESULT {\"requests\": %d, \"microseconds\": %d, \"bytes\": %d, \"refused\": %d, \"broken\": %d, "):format(
    summary.requests, summary.duration, summary.bytes, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
  io.write(("\"p50\": %d, \"p95\": %d, \"mean\": %d, \"statuses\": {%s}}\n"):format(
    latency:percentile(50), latency:percentile(95), latency.mean, statuses()))
end
