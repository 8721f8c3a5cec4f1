'use strict';
window.SwaggerUIBundle({ url: '/swagger/surprisal.yml', dom_id: '#api', deepLinking: true, validatorUrl: null });
