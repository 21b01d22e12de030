INSERT INTO catalog_import (at) VALUES (?1) RETURNING number
