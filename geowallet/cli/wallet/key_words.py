"""A key as eight words, to be read out by telephone; the same 64 bits in each language.

The words are short, common and begin with four letters that no other has, so that a
word that was misheard is found by its beginning.
"""

from __future__ import annotations

import hashlib

WORDS = 8
"""Words of one key: 8 bits each, of the digest whose first 60 bits are the fingerprint."""

_LISTS = {
    "en": """
acid acorn actor agent album alley amber anchor angle ankle apple apron arch arena arrow
artist atlas attic autumn award badge bagel baker balloon bamboo banana barrel basket beach
beard beetle bell bench berry bicycle bishop blanket blossom board bottle bowl bracelet
branch bridge broom bucket buffalo bull butter cabin cactus camel candle canoe captain
carpet castle cello chain cheese cherry chimney circle clarinet clock cloud coach cobra
coffee comet copper coral cotton cradle crayon cricket crown crystal cushion dagger daisy
dancer desert diamond diver doctor dolphin donkey dragon drum eagle earth easel echo elbow
elephant engine envelope fabric falcon farmer feather fence fiddle finger flame flute forest
fountain fox frog garden garlic gate ghost giant ginger giraffe glacier glove goblet gold
gorilla grape guitar hammer harbour hat hawk hazel helmet hermit hill honey horse hotel
island ivory jacket jaguar jelly jewel jigsaw juice jungle kayak kettle kitchen kite ladder
lagoon lantern laurel lemon leopard letter lily lion lizard lobster locket lunar magnet
mango maple marble market meadow melon mirror monkey moon mosaic mountain museum mustard
napkin needle nest noodle nurse oasis ocean olive onion opera orange orchid otter oven owl
oyster paddle painter palace panda paper parrot peanut pearl pencil pepper piano pigeon
pilot planet plum pocket poem pony potato puppet puzzle queen quilt rabbit radar raft
rainbow raven ribbon river robin rocket rose ruby satin sailor salmon sandal saturn scarf
school shadow shell silver singer spider spoon squirrel stadium station summer sunset swan
table tango temple tiger tomato tower train trumpet tulip turtle umbrella
""",
    "fr": """
abeille abricot acier agneau aigle ail alambic album algue ambre ami ananas ancre ange
anguille apache arbre archet argile armoire artiste asperge atelier aube autobus avion
avocat bagage balai bambou banane barque bateau bazar belette berger bijou biscuit bison
bleuet bocal boisson bonbon bouton brebis brique brosse buffle bureau cabane cactus cadre
caillou calme camion canard carotte castor caverne cerise chapeau cheval chien ciel cigale
citron clavier cloche clou cochon coffre colline comique copain corail coton coude couronne
crabe crayon cuivre cygne danse dauphin demain dentelle dessin diamant dindon docteur domino
dragon drapeau droite dune eau echelle ecole ecureuil elan encens enfant enigme epice epaule
escargot espoir etang etoile evier facteur faucon fenouil ferme festin ficelle figue fleur
flocon fontaine foret fourmi fraise fromage fusil galet gant garage gazelle genou gerbe
girafe glace golfe gomme gorille goutte grange grenier guitare habit hamac harpe hibou hiver
horloge huile hutte iguane image indigo insecte iris ivoire jardin jasmin jaune jeton
jonquille jouet journal jumeau jupon kayak kiwi koala lac laine lampe lapin laurier legume
lettre licorne lilas lion livre loutre lune lutin magicien maison mandarine marbre matin
melon merle miel miroir moineau montagne moto moulin mouton mur musique nappe navire neige
nid noisette nuage oasis oignon oiseau olive ombre opale orage orchidee otarie ours outil
ovale palmier panier papillon parapluie pastel patate pavot peinture pelican perle phare
piano pigeon pilote pinceau pirate plage plume poire poisson pomme poney porte poulpe
prairie prune puits pupitre quai quartz radis rameau raisin renard requin riviere robe
rocher romarin rose ruban sable
""",
}


def key_words(thumbprint: str, language: str) -> tuple[str, ...]:
    """Return the words of a key.

    Args:
        thumbprint: RFC 7638 thumbprint, base64url.
        language: ``en`` or ``fr``; both sides must choose the same one.
    """
    words = word_list(language)
    digest = hashlib.sha256(thumbprint.encode("ascii")).digest()
    return tuple(words[byte] for byte in digest[:WORDS])


def word_list(language: str) -> tuple[str, ...]:
    """Return the 256 words of a language, in the order of the bytes that they stand for."""
    return tuple(_LISTS[language].split())
