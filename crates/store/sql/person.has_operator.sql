SELECT EXISTS (SELECT 1 FROM person WHERE platform_role = 'operator')
