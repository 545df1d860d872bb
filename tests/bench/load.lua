-- wrk: the same address, or one that ends with a comment that never comes again.
local address, vary, count = "/", "", 0

function init(arguments)
  address, vary = arguments[1], arguments[2] or ""
end

function request()
  if vary == "" then return wrk.format("GET", address) end
  count = count + 1
  return wrk.format("GET", address .. "%23" .. vary .. "-" .. count)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "duration_us": %d, "p50_us": %d, "p95_us": %d, "failed": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(95),
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
