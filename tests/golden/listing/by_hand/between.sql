ALTER LISTING T_ORDERS AS $$
title: By hand
organization_targets: {access: [{account: FINANCE}, {account: NEW}]}
draft_access_type: FREE
$$;
ALTER LISTING T_ORDERS SET COMMENT = 'by hand';
