-- wrk prints p50, p75, p90 and p99 by itself: wrk --latency -s p95.lua URL
function done(_, latency, _)
  io.write(string.format("     95%%  %.2fus\n", latency:percentile(95)))
end
