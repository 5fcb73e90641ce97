-- Blind spots that were entered by hand end by a computation, too: those that are open and name a facade are about
-- the cells that they name.
INSERT INTO blind_spot (work_order, facade, cells, lost)
SELECT work.id, work.facade,
    (SELECT jsonb_agg(jsonb_build_array(floor, bay) ORDER BY floor, bay)
     FROM generate_series(coalesce(work.floor, 1), coalesce(work.floor, facade.floors)) floor,
         generate_series(coalesce(work.bay, 1), coalesce(work.bay, facade.bays)) bay),
    false
FROM work_order work JOIN facade ON facade.id = work.facade
WHERE work.source = 'blind_spot' AND work.state NOT IN ('closed', 'cancelled')
    AND NOT EXISTS (SELECT FROM blind_spot WHERE work_order = work.id);

-- How far each cell is from each camera that sees its facade. What was kept before is computed anew by the timers: a
-- wish that no box can have makes every camera one to be surveyed.
ALTER TABLE sight ADD COLUMN distance_m bytea;
UPDATE surveyed SET wished = -1;
