SELECT registration.app FROM app JOIN registration ON registration.app = app.id WHERE app.key = ?1
