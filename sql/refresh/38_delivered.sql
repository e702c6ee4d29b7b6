-- What marketing delivered so far of the judged persons is taken from its sums, before their stages are made anew. Under
-- other definitions the stages have other places, and everybody is judged: then all goes.

delete from cl_smarketing.delivered_month where exists (select from changed_definition);
select cl_smarketing.add_delivered(-1) where not exists (select from changed_definition);
