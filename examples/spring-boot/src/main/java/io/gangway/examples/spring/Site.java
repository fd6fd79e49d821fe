package io.gangway.examples.spring;

import io.gangway.servlet.GatewayServlet;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A Spring Boot application with a Python application below {@code /shop/}. */
@SpringBootApplication
@RestController
public class Site {
    /**
     * Starts it.
     *
     * @param args Spring's options
     */
    public static void main(String[] args) {
        SpringApplication.run(Site.class, args);
    }

    @GetMapping("/")
    String home() {
        return "from Spring";
    }

    @Bean
    ServletRegistrationBean<GatewayServlet> shop(@Value("${shop.directory:src/main/python}") String directory) {
        var registration = new ServletRegistrationBean<>(new GatewayServlet(), "/shop/*");
        registration.setName("shop");
        registration.setLoadOnStartup(1); // otherwise the first request waits for the workers
        registration.addInitParameter("gangway.application", "shop:app");
        registration.addInitParameter("gangway.chdir", directory);
        return registration;
    }
}
