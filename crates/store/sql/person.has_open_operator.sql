SELECT EXISTS (SELECT 1 FROM person WHERE platform_role = 'operator' AND disabled_at IS NULL)
