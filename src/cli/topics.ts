export const EXIT_CODES = `Exit codes
    0  it worked
    1  it failed
    2  the command was not used correctly
    3  it worked and found something: scan, verify, check, test, doctor, or an unproven run
    4  not authenticated: the admin token is missing or wrong
    5  denied
    6  cancelled by the user
  130  interrupted (Ctrl-C)
  141  the reader of standard output has closed it
\`run\` exits with the code of its program, or with 128 + signal if that was killed.
`;

export const ENVIRONMENT = `Environment variables
  RINGFENCE_URL       origin of the admin API; unless set that of RINGFENCE_CONFIG, or
                      http://127.0.0.1:4613
  RINGFENCE_TOKEN     admin token; read from <data>/admin-token unless set
  RINGFENCE_DATA      data directory; unless set that of RINGFENCE_CONFIG, or .ringfence
  RINGFENCE_CONFIG    configuration file; unless set ./ringfence.yaml, for what has --config
  RINGFENCE_KEY_RING  key ring in base64; keyRing.file in the configuration names a file
  RINGFENCE_DATABASE_URL
                      URL of PostgreSQL, if the configuration selects it without store.urlFile
  USER                name of the actor in the journal
A flag wins over a variable. The token is sent over http to this machine only; elsewhere use https.
`;
