/** What the cases about ASGI are asked of: an application in Java, whose twin in Python is {@code asgi_contract.py}. */
@NullMarked
package io.gangway.it.asgi;

import org.jspecify.annotations.NullMarked;
