-- wrk: the same address, or one that ends with a comment that never comes again. In the second case
-- each request comes from another client, as far as a server believes X-Forwarded-For: the share of
-- one client is for one client, and this is many.
local address, vary, count, same = "/", "", 0, nil

function init(arguments)
  address, vary = arguments[1], arguments[2] or ""
  same = wrk.format("GET", address)
end

function request()
  if vary == "" then return same end
  count = count + 1
  wrk.headers["X-Forwarded-For"] = string.format(
    "10.%d.%d.%d", math.floor(count / 65536) % 256, math.floor(count / 256) % 256, count % 256)
  return wrk.format("GET", address .. "%23" .. vary .. "-" .. count)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "duration_us": %d, "p50_us": %d, "p95_us": %d, '
    .. '"refused": %d, "failed": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(95),
    errors.status, errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
