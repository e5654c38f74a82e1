"""Where the notify service touches SMTP, templates, collections and signatures."""
