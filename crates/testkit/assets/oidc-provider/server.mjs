// The OpenID Connect provider that tests sign in with: any login is somebody, whatever the password.
// It is configured by one line of JSON on standard input, and ends when standard input does.

import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

import Provider from 'oidc-provider';

const lines = createInterface({ input: process.stdin });
lines.on('close', () => process.exit(0));
const [line] = await once(lines, 'line');
const { client_id, client_secret, redirect_uris, algorithm, claims_in_token } = JSON.parse(line);

const server = createServer();
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;

function key(type, options, alg) {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg, kid: `test-${alg}` };
}

const provider = new Provider(issuer, {
  clients: [{
    client_id,
    client_secret,
    redirect_uris,
    application_type: 'web',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    id_token_signed_response_alg: algorithm,
  }],
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256'] },
  jwks: {
    keys: [
      key('rsa', { modulusLength: 2048 }, 'RS256'),
      key('rsa', { modulusLength: 2048 }, 'PS256'),
      key('ec', { namedCurve: 'P-256' }, 'ES256'),
    ],
  },
  // By the standard, what a scope stands for is told by the user information alone.
  conformIdTokenClaims: !claims_in_token,
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  scopes: ['openid', 'email', 'profile'],
  cookies: { keys: ['only for tests'] },
  features: { devInteractions: { enabled: true } },
  pkce: { required: () => true },
  async findAccount(_ctx, login) {
    const email_verified = !login.startsWith('unverified');
    const claims = { sub: login, email: `${login}@example.com`, email_verified, name: login };
    return { accountId: login, claims: async () => claims };
  },
});

// Its pages ask for a typeface from elsewhere; tests leave the machine in peace.
provider.use(async (ctx, next) => {
  await next();
  if (typeof ctx.body === 'string') ctx.body = ctx.body.replace(/@import url\([^)]*\);/g, '');
});

server.on('request', provider.callback());
console.log(`listening as ${issuer}`);
