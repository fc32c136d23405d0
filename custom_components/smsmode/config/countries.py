"""Names of countries for forms, in English and French: those whose numbers a house in France meets. Pure.

phonenumbers has the names of all, but only together with 19 MB of places. Where a name is missing, the code stands.
"""

from typing import Final

_NAMES: Final = {
    "AD": ("Andorra", "Andorre"),
    "AT": ("Austria", "Autriche"),
    "BE": ("Belgium", "Belgique"),
    "BL": ("Saint Barthélemy", "Saint-Barthélemy"),
    "CA": ("Canada", "Canada"),
    "CH": ("Switzerland", "Suisse"),
    "CI": ("Ivory Coast", "Côte d’Ivoire"),
    "CM": ("Cameroon", "Cameroun"),
    "DE": ("Germany", "Allemagne"),
    "DK": ("Denmark", "Danemark"),
    "DZ": ("Algeria", "Algérie"),
    "ES": ("Spain", "Espagne"),
    "FI": ("Finland", "Finlande"),
    "FR": ("France", "France"),
    "GB": ("United Kingdom", "Royaume-Uni"),
    "GF": ("French Guiana", "Guyane"),
    "GP": ("Guadeloupe", "Guadeloupe"),
    "IE": ("Ireland", "Irlande"),
    "IT": ("Italy", "Italie"),
    "LU": ("Luxembourg", "Luxembourg"),
    "MA": ("Morocco", "Maroc"),
    "MC": ("Monaco", "Monaco"),
    "MF": ("Saint Martin", "Saint-Martin"),
    "MG": ("Madagascar", "Madagascar"),
    "MQ": ("Martinique", "Martinique"),
    "NC": ("New Caledonia", "Nouvelle-Calédonie"),
    "NL": ("Netherlands", "Pays-Bas"),
    "NO": ("Norway", "Norvège"),
    "PF": ("French Polynesia", "Polynésie française"),
    "PL": ("Poland", "Pologne"),
    "PM": ("Saint Pierre and Miquelon", "Saint-Pierre-et-Miquelon"),
    "PT": ("Portugal", "Portugal"),
    "RE": ("Réunion", "La Réunion"),
    "SE": ("Sweden", "Suède"),
    "SN": ("Senegal", "Sénégal"),
    "TN": ("Tunisia", "Tunisie"),
    "US": ("United States", "États-Unis"),
    "WF": ("Wallis and Futuna", "Wallis-et-Futuna"),
    "YT": ("Mayotte", "Mayotte"),
}


def country_name(region: str, language: str) -> str:
    """Return the name of a country by its code, in French or else in English."""
    english, french = _NAMES.get(region, (region, region))
    return french if language == "fr" else english
