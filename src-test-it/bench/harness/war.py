"""WARs, and a Tomcat that serves one: the distribution as it is shipped, except for its address."""

import re
import shutil
import zipfile
from xml.sax.saxutils import escape

from . import processes
from .processes import BENCH, ROOT, BenchError

JARS = ("bridge-core", "bridge-servlet", "bridge-python")
CLASSES = ("HelloServlet", "Answers")
CONTEXT_XML = '<Context failCtxIfServletStartFails="true"/>\n'
WEB_XML = """<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
{context}  <servlet>
    <servlet-name>gateway</servlet-name>
    <servlet-class>{type}</servlet-class>
{parameters}    <load-on-startup>0</load-on-startup>
    <async-supported>true</async-supported>
  </servlet>
  <servlet-mapping>
    <servlet-name>gateway</servlet-name>
    <url-pattern>/*</url-pattern>
  </servlet-mapping>
</web-app>
"""
#: As `gangway war` writes them: small message buffers for each WebSocket.
BUFFERS = "".join(
    f"""  <context-param>
    <param-name>org.apache.tomcat.websocket.{kind}BufferSize</param-name>
    <param-value>512</param-value>
  </context-param>
"""
    for kind in ("text", "binary")
)
PARAMETER = """    <init-param>
      <param-name>{}</param-name>
      <param-value>{}</param-value>
    </init-param>
"""


def gateway(target, settings):
    """GatewayServlet with these settings as init-params."""
    parameters = "".join(PARAMETER.format(name, escape(value)) for name, value in settings.items())
    files = {f"WEB-INF/lib/{name}.jar": _jar(name) for name in JARS}
    _write(target, WEB_XML.format(type="io.gangway.servlet.GatewayServlet", context=BUFFERS, parameters=parameters), files)


def servlet(target):
    """The hand-written servlet alone."""
    folder = "io/gangway/bench/"
    files = {f"WEB-INF/classes/{folder}{name}.class": BENCH / "target" / "classes" / folder / f"{name}.class"
             for name in CLASSES}  # fmt: skip
    _write(target, WEB_XML.format(type="io.gangway.bench.HelloServlet", context="", parameters=""), files)


def _write(target, web_xml, files):
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("META-INF/context.xml", CONTEXT_XML)
        made.writestr("WEB-INF/web.xml", web_xml)
        for name, file in files.items():
            made.write(file, name)


def _jar(name):
    found = [jar for jar in (ROOT / name / "target").glob(f"{name}-*.jar") if not re.search("sources|javadoc|tests", jar.name)]
    if len(found) != 1:
        raise BenchError(f"{len(found)} jars of {name} in {ROOT / name / 'target'}: remove that directory, and run this again")
    return found[0]


def tomcat_home():
    found = list((BENCH / "target" / "distributions").glob("apache-tomcat-11*"))
    if len(found) != 1:
        raise BenchError(f"{len(found)} Tomcats in {BENCH / 'target' / 'distributions'}: remove it, and run this again")
    return found[0]


def tomcat_base(directory, port):
    """A CATALINA_BASE with the shipped configuration, its access log among it, on a port of 127.0.0.1."""
    base = directory / "tomcat"
    for folder in ("webapps", "logs", "temp", "work"):
        (base / folder).mkdir(parents=True)
    shutil.copytree(tomcat_home() / "conf", base / "conf")
    server_xml = base / "conf" / "server.xml"
    shipped = server_xml.read_text()
    changed = shipped.replace('<Server port="8005"', '<Server port="-1"').replace(
        '<Connector port="8080" protocol="HTTP/1.1"', f'<Connector port="{port}" address="127.0.0.1" protocol="HTTP/1.1"'
    )
    if changed.count(f'port="{port}"') != 1:
        raise BenchError(f"{server_xml} has no connector on port 8080: this Tomcat is not the expected one")
    server_xml.write_text(changed)
    return base


def catalina(base, java_options):
    """Tomcat's own script, which becomes the JVM."""
    return ["env", f"CATALINA_HOME={tomcat_home()}", f"CATALINA_BASE={base}", f"CATALINA_OPTS={' '.join(java_options)}",
            f"JRE_HOME={_java_home()}", "sh", str(tomcat_home() / "bin" / "catalina.sh"), "run"]  # fmt: skip


def _java_home():
    found = shutil.which(processes.java_command())
    if found is None:
        raise BenchError("java is not installed: install a JDK 17 or later, or set JAVA_HOME")
    return re.sub("/bin/java$", "", str(processes.pathlib.Path(found).resolve()))
