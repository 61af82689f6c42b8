#include "call.h"

void wish_of_unary(const Connectrpc__Conformance__V1__UnaryResponseDefinition *definition, struct wish *out)
{
    *out = (struct wish){.data = NULL};
    if (!definition)
        return;
    out->headers = definition->response_headers;
    out->header_count = definition->n_response_headers;
    out->trailers = definition->response_trailers;
    out->trailer_count = definition->n_response_trailers;
    out->delay_ms = definition->response_delay_ms;
    if (definition->response_case == CONNECTRPC__CONFORMANCE__V1__UNARY_RESPONSE_DEFINITION__RESPONSE_RESPONSE_DATA) {
        out->data = &definition->response_data;
        out->data_count = 1;
    }
    if (definition->response_case == CONNECTRPC__CONFORMANCE__V1__UNARY_RESPONSE_DEFINITION__RESPONSE_ERROR)
        out->error = definition->error;
}

void wish_of_stream(const Connectrpc__Conformance__V1__StreamResponseDefinition *definition, struct wish *out)
{
    *out = (struct wish){.data = NULL};
    if (!definition)
        return;
    out->headers = definition->response_headers;
    out->header_count = definition->n_response_headers;
    out->trailers = definition->response_trailers;
    out->trailer_count = definition->n_response_trailers;
    out->delay_ms = definition->response_delay_ms;
    out->data = definition->response_data;
    out->data_count = definition->n_response_data;
    out->error = definition->error;
}
