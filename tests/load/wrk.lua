-- SPDX-FileCopyrightText: The Condyle authors
-- SPDX-License-Identifier: Apache-2.0
--
-- For wrk: GET, or POST of the lines of a file in turn, each connection with a pause of so many milliseconds before each
-- if it is given; prints one line of figures for the scripts beside it.
local bodies = {}
local at = 0
local pause = 0

function init(args)
  if args[1] then
    for line in io.lines(args[1]) do bodies[#bodies + 1] = line end
    for i, body in ipairs(bodies) do
      bodies[i] = wrk.format("POST", nil, {["Content-Type"] = "application/json"}, body)
    end
    math.randomseed(os.time())
    at = math.random(#bodies)
  end
  pause = tonumber(args[2] or 0)
  if pause > 0 then delay = function() return pause end end
end

function request()
  if #bodies == 0 then return wrk.format("GET") end
  at = at % #bodies + 1
  return bodies[at]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format("FIGURES %d %d %.0f %.0f %.0f %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), latency.max, e.status,
    e.connect + e.read + e.write + e.timeout))
end
