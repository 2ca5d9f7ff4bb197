-- wrk asks with the next token of a file each time: wrk -s tokens.lua URL -- FILE FIRST COUNT
local requests, position, count = {}, 0, 0

function init(arguments)
  local first = tonumber(arguments[2])
  count = tonumber(arguments[3])
  position = first
  for token in io.lines(arguments[1]) do
    if #requests == count then break end
    requests[#requests + 1] = wrk.format("GET", nil, { Authorization = "Bearer " .. token })
  end
  count = #requests
end

function request()
  position = position % count + 1
  return requests[position]
end

-- As p95.lua: wrk takes one script alone.
function done(_, latency, _)
  io.write(string.format("     95%%  %.2fus\n", latency:percentile(95)))
end
