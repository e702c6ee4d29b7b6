-- Figures that do not agree end the refresh with SQLSTATE CL002: the last good reports stay.

do $$
declare
    first record;
begin
    select r.name, r.expected, r.found, count(*) over () as differing
    into first
    from cl_ops.reconciliation as r
    where r.checked_at = (select max(checked_at) from cl_ops.reconciliation) and r.status <> 'ok'
    order by r.name
    limit 1;
    if first.name is not null then
        raise exception using
            errcode = 'CL002',
            message = format('the figures do not agree: %s should be %s, and is %s%s', first.name, first.expected,
                             first.found, case when first.differing > 1 then format('; and %s others differ', first.differing - 1)
                                          else '' end);
    end if;
end
$$;
